use serde_json::Value;

use super::names::{DOMAIN, PROJECT, PROJECT_DOMAIN, USER, USER_DOMAIN};
use super::read_deleted::ReadDeleted;
use super::request::Context;
use super::store::Kept;

/// Fields by type. What is of another type is absent.
impl Context {
    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Kept::string)
    }

    /// The first of the names that has a text.
    fn any(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.fields.get(name)? {
            Kept::Json("true") => Some(true),
            Kept::Json("false") => Some(false),
            _ => None,
        }
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

    /// The id that all services log for what one user asked for: the `global_request_id`, or else the `request_id`.
    #[must_use]
    pub fn global_id(&self) -> Option<&str> {
        self.global_request_id().or_else(|| self.request_id())
    }

    /// The id of the user who asks, whatever name it was sent under: `user_id` or `user`.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.any(USER)
    }

    /// The same as [`user_id`](Self::user_id), by its older name.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user_id()
    }

    /// The name of the user who asks.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.text("user_name")
    }

    /// The id of the project that the user acts for, whatever name it was sent under: `project_id`, `project` or
    /// `tenant`.
    #[must_use]
    pub fn project_id(&self) -> Option<&str> {
        self.any(PROJECT)
    }

    /// The same as [`project_id`](Self::project_id), by an older name.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.project_id()
    }

    /// The same as [`project_id`](Self::project_id), by its oldest name.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.project_id()
    }

    /// The name of the project that the user acts for.
    #[must_use]
    pub fn project_name(&self) -> Option<&str> {
        self.text("project_name")
    }

    /// The scope of a system-wide token, usually `all`.
    #[must_use]
    pub fn system_scope(&self) -> Option<&str> {
        self.text("system_scope")
    }

    /// The id of the domain that the token is scoped to, sent as `domain_id` or `domain`.
    #[must_use]
    pub fn domain_id(&self) -> Option<&str> {
        self.any(DOMAIN)
    }

    /// The same as [`domain_id`](Self::domain_id), by its older name.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.domain_id()
    }

    /// The id of the domain of the user, sent as `user_domain`.
    #[must_use]
    pub fn user_domain_id(&self) -> Option<&str> {
        self.any(USER_DOMAIN)
    }

    /// The same as [`user_domain_id`](Self::user_domain_id), as it is called on the wire.
    #[must_use]
    pub fn user_domain(&self) -> Option<&str> {
        self.user_domain_id()
    }

    /// The id of the domain of the project, sent as `project_domain`.
    #[must_use]
    pub fn project_domain_id(&self) -> Option<&str> {
        self.any(PROJECT_DOMAIN)
    }

    /// The same as [`project_domain_id`](Self::project_domain_id), as it is called on the wire.
    #[must_use]
    pub fn project_domain(&self) -> Option<&str> {
        self.project_domain_id()
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

    /// The address that the user's request came from.
    #[must_use]
    pub fn remote_address(&self) -> Option<&str> {
        self.text("remote_address")
    }

    /// When the request was made, as its sender wrote it.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.text("timestamp")
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

    /// Which records cinder and nova are to look at; those not deleted if the sender did not say.
    #[must_use]
    pub fn read_deleted(&self) -> ReadDeleted {
        self.text("read_deleted").and_then(ReadDeleted::read).unwrap_or_default()
    }

    /// The roles of the user.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        let Some(Value::Array(roles)) = self.get("roles") else { return Vec::new() };
        let text = |role| if let Value::String(role) = role { Some(role) } else { None };
        roles.into_iter().filter_map(text).collect()
    }

    /// Whether the user has a role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().iter().any(|other| other == role)
    }
}
