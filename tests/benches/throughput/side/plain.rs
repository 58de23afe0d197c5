//! Requests and replies as `serde_json` alone writes and reads them, for raw clients.

use std::borrow::Cow;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::waiters::Id;

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    args: Args<'a>,
    #[serde(borrow)]
    version: Cow<'a, str>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Args<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// One without anything in it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Context {}

impl<'a> Request<'a> {
    pub(crate) fn echo(value: &'a str) -> Self {
        Self { method: "echo".into(), args: Args { value: value.into() }, version: "1.0".into() }
    }

    /// Calls the handler, which has its argument as its own, and returns its result.
    pub(crate) fn execute(self) -> Result<String> {
        match &*self.method {
            "echo" => Ok(self.args.value.into_owned()),
            method => bail!("there is no method {method}"),
        }
    }
}

/// That of a new call.
pub(crate) fn new_id() -> Id {
    let mut id = Id::default();
    Uuid::new_v4().simple().encode_lower(&mut id);
    id
}
