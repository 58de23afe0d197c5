//! The names that services look for one thing under, today's first.

pub(super) const USER: &[&str] = &["user_id", "user"];
pub(super) const PROJECT: &[&str] = &["project_id", "project", "tenant"];
pub(super) const DOMAIN: &[&str] = &["domain_id", "domain"];
pub(super) const USER_DOMAIN: &[&str] = &["user_domain"];
pub(super) const PROJECT_DOMAIN: &[&str] = &["project_domain"];
