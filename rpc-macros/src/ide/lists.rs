//! Which keys can be where. Their names and documentation are in `rpc-runtime/src/codegen/keys.rs`.

use super::{Attributes, List};

/// Keys without anything of their own below them.
const fn plain(module: &'static str) -> List {
    List { module, only: None, within: &[], values: &[] }
}

static WAS: List = plain("was");
static DOWNGRADE: List = plain("downgrade");
static OLD: List = plain("old");
static PRIORITY: List = plain("priority");
/// The others are the names of arguments.
static LEGACY: List = List { only: Some(&["until"]), ..plain("legacy") };

/// `#[rpc_manager(..)]`
pub(crate) static TRAIT: List = plain("manager");
static METHOD: List =
    List { within: &[("was", &WAS), ("legacy", &LEGACY), ("downgrade", &DOWNGRADE)], ..plain("method") };
static ARGUMENT: List = List { within: &[("was", &WAS)], values: &[("old", &OLD)], ..plain("argument") };
static EXCEPTION: List = plain("exception");
static OBJECT: List = List { within: &[("was", &WAS)], ..plain("object") };
static NOTIFICATION: List = plain("notification");
static EVENT: List = List { values: &[("priority", &PRIORITY)], ..plain("event") };

/// The attributes within a trait with `#[rpc_manager]`.
pub(crate) const MANAGER: Attributes = &[("rpc", &METHOD), ("arg", &ARGUMENT)];
/// Those of `#[derive(RpcException)]`.
pub(crate) const EXCEPTIONS: Attributes = &[("exception", &EXCEPTION)];
/// Those of `#[derive(VersionedObject)]`.
pub(crate) const OBJECTS: Attributes = &[("object", &OBJECT)];
/// Those of `#[derive(RpcNotification)]`.
pub(crate) const EVENTS: Attributes = &[("notification", &NOTIFICATION), ("event", &EVENT)];
