use std::future::ready;

use super::super::driver::{Delivering, NotifyDriver};
use super::super::emission::Emission;

/// Does nothing.
#[derive(Debug)]
pub(in crate::notification) struct NoopDriver;

impl NotifyDriver for NoopDriver {
    fn name(&self) -> &str {
        "noop"
    }

    fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
        Box::pin(ready(Ok(())))
    }

    fn sends(&self) -> bool {
        false
    }
}
