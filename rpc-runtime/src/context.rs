//! The request context: who asks, on whose behalf, in which request.

use std::fmt;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::text::without_value;
use crate::wire::{Arguments, EncodeError, Fields};

/// The fields that a context may come with; OpenStack's have about thirty.
const MAX_FIELDS: usize = 1024;

/// A context type that travels with every request, as `_context_*` fields.
///
/// [`Context`] is the usual one; a service whose context has a type of its own implements this and
/// names the type in `#[rpc_manager(context = ...)]`.
pub trait RpcContext: Sized + Send + 'static {
    /// Writes the fields that are sent; the `_context_` prefix is added by the wire.
    ///
    /// # Errors
    /// If a field cannot be written as JSON; nothing is sent then.
    fn write(&self, fields: &mut Fields) -> Result<(), EncodeError>;

    /// Reads the fields that came, prefix removed.
    ///
    /// # Errors
    /// A text for the caller that names the field at fault.
    fn read(fields: &Arguments) -> Result<Self, String>;
}

/// The request context of OpenStack services: all fields of oslo.context's `RequestContext` by
/// name, and whatever else a service put in, kept and passed on; 1,024 fields at most.
///
/// A field that the sender did not send is absent here and not sent on. Secrets are never printed: the
/// `auth_token`, and what else is called a token, a password, a secret or the like, at any depth.
///
/// ```
/// use rpc_runtime::Context;
///
/// let ctx = Context::request().with("user", "u1").with("auth_token", "gAAAA");
/// assert!(ctx.request_id().is_some_and(|id| id.starts_with("req-")));
/// assert_eq!(ctx.user(), Some("u1"));
/// assert!(!format!("{ctx:?}").contains("gAAAA"));
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct Context {
    fields: Map<String, Value>,
}

impl Context {
    /// A context without any field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A context with a fresh `request_id`, `req-` and a UUID.
    #[must_use]
    pub fn request() -> Self {
        Self::new().with("request_id", format!("req-{}", Uuid::new_v4()))
    }

    /// The same context with a field set.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// A field by its name on the wire (without `_context_`), known or not.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// All fields, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.fields.get(name).and_then(Value::as_bool)
    }

    /// The id of this request, `req-...`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.text("request_id")
    }

    /// The id of the request of another service that led to this one.
    #[must_use]
    pub fn global_request_id(&self) -> Option<&str> {
        self.text("global_request_id")
    }

    /// The id of the user who asks.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.text("user")
    }

    /// The id of the project that the user acts for.
    #[must_use]
    pub fn project_id(&self) -> Option<&str> {
        self.text("project_id")
    }

    /// The scope of a system-wide token, usually `all`.
    #[must_use]
    pub fn system_scope(&self) -> Option<&str> {
        self.text("system_scope")
    }

    /// The id of the domain that the token is scoped to.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.text("domain")
    }

    /// The id of the domain of the user.
    #[must_use]
    pub fn user_domain(&self) -> Option<&str> {
        self.text("user_domain")
    }

    /// The id of the domain of the project.
    #[must_use]
    pub fn project_domain(&self) -> Option<&str> {
        self.text("project_domain")
    }

    /// `user project domain user_domain project_domain`, for logs.
    #[must_use]
    pub fn user_identity(&self) -> Option<&str> {
        self.text("user_identity")
    }

    /// The id of the resource that the request is about.
    #[must_use]
    pub fn resource_uuid(&self) -> Option<&str> {
        self.text("resource_uuid")
    }

    /// The token of the user. It travels in clear text; keep it out of logs.
    #[must_use]
    pub fn auth_token(&self) -> Option<&str> {
        self.text("auth_token")
    }

    /// Whether the user is an administrator; `false` if the sender did not say.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.flag("is_admin").unwrap_or(false)
    }

    /// Whether the token is of the administrators' project; `true` if the sender did not say, as
    /// in oslo.context.
    #[must_use]
    pub fn is_admin_project(&self) -> bool {
        self.flag("is_admin_project").unwrap_or(true)
    }

    /// Whether the request may change nothing; `false` if the sender did not say.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.flag("read_only").unwrap_or(false)
    }

    /// Whether deleted records are wanted too; `false` if the sender did not say.
    #[must_use]
    pub fn show_deleted(&self) -> bool {
        self.flag("show_deleted").unwrap_or(false)
    }

    /// The roles of the user.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.fields.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }
}

impl RpcContext for Context {
    fn write(&self, fields: &mut Fields) -> Result<(), EncodeError> {
        if self.fields.len() > MAX_FIELDS {
            return Err(EncodeError { what: "context".to_owned(), why: too_many(self.fields.len()) });
        }
        self.iter().try_for_each(|(name, value)| fields.set(name, value))
    }

    fn read(fields: &Arguments) -> Result<Self, String> {
        if fields.len() > MAX_FIELDS {
            return Err(too_many(fields.len()));
        }
        let mut context = Self::new();
        // In order, so that of a repeated field the last one stays.
        for (name, text) in fields.iter() {
            let value =
                serde_json::from_str(text).map_err(|error| format!("{name}: {}", without_value(&error)))?;
            context.fields.insert(name.to_owned(), value);
        }
        Ok(context)
    }
}

fn too_many(fields: usize) -> String {
    format!("has {fields} fields, more than {MAX_FIELDS}")
}

/// Prints the fields; secrets only as `***`, those within other values included.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked::members(&self.fields, f)
    }
}

/// What the names of secrets have in them, in small letters: `auth_token`, `hmac_key`, `db_password`.
const SECRETS: &[&str] =
    &["token", "password", "passwd", "passphrase", "secret", "hmac", "credential", "private_key", "api_key"];

/// A value as it is printed, with `***` for the secrets in it.
struct Masked<'a>(&'a Value);

impl Masked<'_> {
    fn members(members: &Map<String, Value>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in members {
            let lower = name.to_lowercase();
            if !value.is_null() && SECRETS.iter().any(|secret| lower.contains(secret)) {
                map.entry(name, &format_args!("***"));
            } else {
                map.entry(name, &Masked(value));
            }
        }
        map.finish()
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Object(members) => Self::members(members, f),
            Value::Array(values) => f.debug_list().entries(values.iter().map(Masked)).finish(),
            value => value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_fields_have_the_defaults_of_oslo_context() {
        let ctx = Context::new();
        assert!(!ctx.is_admin() && !ctx.read_only() && !ctx.show_deleted() && ctx.is_admin_project());
        assert_eq!(ctx.roles().count(), 0);
        assert_eq!(ctx.request_id(), None);
    }

    #[test]
    fn fields_of_a_wrong_type_are_absent() {
        let ctx = Context::new().with("user", 5).with("is_admin", "yes").with("roles", "member");
        assert_eq!(ctx.user(), None);
        assert!(!ctx.is_admin());
        assert_eq!(ctx.roles().count(), 0);
        assert_eq!(ctx.get("user"), Some(&Value::from(5)));
    }

    #[test]
    fn secrets_are_not_printed() {
        let ctx = Context::new().with("auth_token", "t0p").with("db_password", "t0p").with("user", "u1");
        let printed = format!("{ctx:?}");
        assert!(!printed.contains("t0p") && printed.contains("u1"), "{printed}");
    }

    #[test]
    fn nor_are_those_within_other_values() {
        let trace = json!({"base_id": "b1", "hmac_key": "t0p"});
        let catalog =
            json!([{"endpoints": [{"url": "u1", "AdminPassword": "t0p", "none_of_its_tokens": null}]}]);
        let printed =
            format!("{:?}", Context::new().with("trace_info", trace).with("service_catalog", catalog));
        assert!(!printed.contains("t0p"), "{printed}");
        for kept in ["b1", "u1", "hmac_key", "AdminPassword", "Null"] {
            assert!(printed.contains(kept), "{kept}: {printed}");
        }
    }

    #[test]
    fn what_servers_refuse_is_not_sent() {
        let with = |count: usize| (0..count).fold(Context::new(), |ctx, n| ctx.with(format!("f{n}"), n));
        with(MAX_FIELDS).write(&mut Fields::new()).unwrap();
        let error = with(MAX_FIELDS + 1).write(&mut Fields::new()).unwrap_err();
        assert_eq!(error.to_string(), "cannot encode context: has 1025 fields, more than 1024");
    }
}
