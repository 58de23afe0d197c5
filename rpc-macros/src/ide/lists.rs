//! Which keys can be where. Their names and documentation are in `rpc-runtime/src/codegen/keys.rs`.

/// A list of keys, whose constants are in one module of `codegen::keys`.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) module: &'static str,
    /// Whether names of the user's are among the keys: only those that are listed here are ours then.
    pub(crate) only: Option<&'static [&'static str]>,
    /// The lists in the parentheses after a key; `*` is after any.
    pub(crate) within: &'static [(&'static str, &'static List)],
    /// The lists of the words that a key can have as its value.
    pub(crate) values: &'static [(&'static str, &'static List)],
}

/// The attributes of a macro, by their names.
pub(crate) type Attributes = &'static [(&'static str, &'static List)];

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
pub(crate) static TRAIT: List = List { within: &[("profiles", &PROFILES)], ..plain("manager") };
/// All of them are called as the user likes.
static PROFILES: List = List { only: Some(&[]), within: &[("*", &PROFILE)], ..plain("profile") };
static PROFILE: List = plain("profile");
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
