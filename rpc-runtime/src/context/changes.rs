use uuid::Uuid;

use super::names::{DOMAIN, PROJECT, PROJECT_DOMAIN, USER, USER_DOMAIN};
use super::read_deleted::ReadDeleted;
use super::request::Context;
use crate::timestamp;

const ADMIN: &str = "admin";

fn new_request_id() -> String {
    format!("req-{}", Uuid::new_v4())
}

/// New contexts and changed copies.
impl Context {
    /// The context of a new request: with a `request_id` of its own, `req-` and a UUID, the present time, no roles, and
    /// no rights of an administrator.
    ///
    /// The services of OpenStack take it for the request of nobody in no project until those are
    /// [named](Self::with_user).
    #[must_use]
    pub fn request() -> Self {
        Self::new()
            .with("request_id", new_request_id())
            .with("timestamp", timestamp::now())
            .with("is_admin", false)
            .with_roles([""; 0])
            .with_read_deleted(ReadDeleted::No)
    }

    /// The context of a request that this one leads to, on behalf of the same user: with a `request_id` of its own and
    /// the [`global_id`](Self::global_id) of this one.
    ///
    /// Calls that are part of this request take the context itself.
    #[must_use]
    pub fn nested(&self) -> Self {
        let nested = match self.global_id() {
            Some(id) => self.clone().with("global_request_id", id),
            None => self.clone(),
        };
        nested.with("request_id", new_request_id()).with("timestamp", timestamp::now())
    }

    /// The same context with the rights of an administrator: `is_admin`, and the role `admin`.
    ///
    /// What the user may do was checked before the request got here. Use it for what a service does for its own
    /// purposes, and this one for what the user asked for.
    #[must_use]
    pub fn elevated(&self) -> Self {
        let mut roles = self.roles();
        if !roles.iter().any(|role| role == ADMIN) {
            roles.push(ADMIN.to_owned());
        }
        self.clone().with("is_admin", true).with_roles(roles)
    }

    /// Sets a field under the names that it is looked for under, and what is made of several fields.
    fn with_all(self, names: &[&str], text: &str) -> Self {
        // Nobody looks for the oldest name any more, but where it came along it must not say something else.
        let is_set = |ctx: &Self, at, name| at < 2 || ctx.fields.get(name).is_some();
        let changed = names
            .iter()
            .enumerate()
            .fold(self, |ctx, (at, name)| if is_set(&ctx, at, name) { ctx.with(name, text) } else { ctx });
        let parts = [
            changed.user_id(),
            changed.project_id(),
            changed.domain_id(),
            changed.user_domain_id(),
            changed.project_domain_id(),
        ];
        let identity = parts.map(|part| part.unwrap_or("-")).join(" ");
        changed.with("user_identity", identity)
    }

    /// The same context for a user, by id: sets `user_id` and `user`.
    #[must_use]
    pub fn with_user(self, id: impl AsRef<str>) -> Self {
        self.with_all(USER, id.as_ref())
    }

    /// The same context for a project, by id: sets `project_id` and `project`.
    #[must_use]
    pub fn with_project(self, id: impl AsRef<str>) -> Self {
        self.with_all(PROJECT, id.as_ref())
    }

    /// The same context with a token for a domain, by id: sets `domain_id` and `domain`.
    #[must_use]
    pub fn with_domain(self, id: impl AsRef<str>) -> Self {
        self.with_all(DOMAIN, id.as_ref())
    }

    /// The same context with the domain of the user, by id.
    #[must_use]
    pub fn with_user_domain(self, id: impl AsRef<str>) -> Self {
        self.with_all(USER_DOMAIN, id.as_ref())
    }

    /// The same context with the domain of the project, by id.
    #[must_use]
    pub fn with_project_domain(self, id: impl AsRef<str>) -> Self {
        self.with_all(PROJECT_DOMAIN, id.as_ref())
    }

    /// The same context with the roles of the user. That `admin` is one of them does not make an administrator: most
    /// services go by [`with_is_admin`](Self::with_is_admin).
    #[must_use]
    pub fn with_roles(self, roles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with("roles", roles.into_iter().map(Into::into).collect::<Vec<String>>())
    }

    /// The same context with or without the rights of an administrator.
    #[must_use]
    pub fn with_is_admin(self, is_admin: bool) -> Self {
        self.with("is_admin", is_admin)
    }

    /// The same context for a token for the whole system, usually `all`.
    #[must_use]
    pub fn with_system_scope(self, scope: impl Into<String>) -> Self {
        self.with("system_scope", scope.into())
    }

    /// The same context with the token of the user, which travels in clear text.
    #[must_use]
    pub fn with_auth_token(self, token: impl Into<String>) -> Self {
        self.with("auth_token", token.into())
    }

    /// The same context with the id of the request of another service that led to this one, `req-...`.
    #[must_use]
    pub fn with_global_request_id(self, id: impl Into<String>) -> Self {
        self.with("global_request_id", id.into())
    }

    /// The same context for those records.
    #[must_use]
    pub fn with_read_deleted(self, read_deleted: ReadDeleted) -> Self {
        self.with("read_deleted", read_deleted.as_str())
    }
}
