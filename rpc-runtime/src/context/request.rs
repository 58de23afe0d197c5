use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::masked;
use super::read_deleted::ReadDeleted;
use super::rpc_context::RpcContext;
use super::store::{Kept, Store};
use crate::text::without_value;
use crate::timestamp;
use crate::wire::{Arguments, EncodeError, Fields};

/// The fields that a context may come with; OpenStack's have about thirty.
pub(super) const MAX_FIELDS: usize = 1024;

/// The request context of OpenStack services: all fields of the `RequestContext`s of oslo.context, cinder, nova and
/// neutron, and whatever else a service put in; 1,024 at most.
///
/// What came is passed on as it came, with all digits of its numbers, so that a Python service makes the same context of
/// it that it would have made of the first sender's. A field that the sender did not send is absent here and not sent on.
/// Two fields are sent in the one form that every service reads, as what one writes is an error at another: the
/// `timestamp` as `2026-01-02T03:04:05.000006` in UTC, and `no` for a `read_deleted` of null.
///
/// A context cannot be changed: [`elevated`](Self::elevated), [`nested`](Self::nested) and what begins with `with` make
/// another one. Secrets are never printed: the `auth_token`, and what else is called a token, a password, a secret or the
/// like, at any depth.
///
/// ```
/// use rpc_runtime::Context;
///
/// let ctx = Context::request().with_user("u1").with_project("p1").with_roles(["member"]);
/// assert!(ctx.request_id().is_some_and(|id| id.starts_with("req-")));
/// assert_eq!((ctx.user_id(), ctx.user()), (Some("u1"), Some("u1")));
/// assert!(!ctx.is_admin() && ctx.elevated().is_admin());
///
/// let ctx = ctx.with_auth_token("gAAAA").with("quota_class", "gold");
/// assert!(!format!("{ctx:?}").contains("gAAAA"));
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct Context {
    pub(super) fields: Store,
}

impl Context {
    /// A context without any field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same context with one field set, under this name only.
    ///
    /// Services look for users, projects and domains under several names, which [`with_user`](Self::with_user) and its
    /// like know.
    #[must_use]
    pub fn with(mut self, name: impl AsRef<str>, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::String(text) => self.fields.set(name.as_ref(), Kept::String(&text)),
            value => self.fields.set(name.as_ref(), Kept::Json(&value.to_string())),
        }
        self
    }

    /// A field by its name on the wire (without `_context_`), known or not.
    ///
    /// Numbers are those of `serde_json`, which has integers of 64 bits; [`decode`](Self::decode) gives others. A value
    /// nested deeper than `serde_json` reads is absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.decode(name)?.ok()
    }

    /// Decodes a field; `None` if there is none of that name.
    ///
    /// ```
    /// # use rpc_runtime::Context;
    /// # let ctx = Context::new().with("weight", 5);
    /// let weight: Option<Result<i128, _>> = ctx.decode("weight");
    /// assert_eq!(weight.transpose()?, Some(5));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the field is not a `T`.
    #[must_use]
    pub fn decode<T: DeserializeOwned>(&self, name: &str) -> Option<Result<T, serde_json::Error>> {
        self.fields.get(name).map(Kept::decode)
    }

    /// All fields by name, as [`get`](Self::get) has them; `null` is what cannot be decoded.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value)> {
        self.fields.iter().map(|(name, value)| (name, value.decode().unwrap_or_default()))
    }
}

impl RpcContext for Context {
    fn write(&self, fields: &mut Fields) -> Result<(), EncodeError> {
        if self.fields.len() > MAX_FIELDS {
            return Err(EncodeError::new("context", too_many(self.fields.len())));
        }
        self.fields.iter().try_for_each(|(name, value)| match (name, value) {
            ("timestamp", Kept::String(text)) => fields.set(name, &*timestamp::for_all(text)),
            ("read_deleted", Kept::Json("null")) => fields.set(name, ReadDeleted::No.as_str()),
            (_, Kept::String(text)) => fields.set(name, text),
            (_, Kept::Json(json)) => fields.set_json(name, json),
        })
    }

    fn read(fields: &Arguments) -> Result<Self, String> {
        if fields.len() > MAX_FIELDS {
            return Err(too_many(fields.len()));
        }
        let read = Store::read(fields);
        let fields = read.map_err(|(name, error)| format!("{name}: {}", without_value(&error)))?;
        Ok(Self { fields })
    }
}

fn too_many(fields: usize) -> String {
    format!("has {fields} fields, more than {MAX_FIELDS}")
}

/// Prints the fields; secrets only as `***`, those within other values included.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        masked::print(&self.fields, f)
    }
}
