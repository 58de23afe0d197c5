//! What of a context may be told to everybody.
//!
//! As `redacted_copy` of oslo.context's `RequestContext`, this names what goes out, not what stays: a token under a name
//! that nobody has thought of is not sent either.

use crate::context::RpcContext;
use crate::wire::{EncodeError, Fate, Fields};

/// Who acts on whose behalf in which request, under each name that services look for it, and where a trace of it goes on: sent
/// as it is. In order.
const TOLD: &[&str] = &[
    "domain",
    "domain_id",
    "domain_name",
    "global_request_id",
    "is_admin",
    "project",
    "project_domain",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "project_name",
    "request_id",
    "roles",
    "service_project_domain_id",
    "service_project_domain_name",
    "service_project_id",
    "service_project_name",
    "service_roles",
    "service_user_domain_id",
    "service_user_domain_name",
    "service_user_id",
    "system_scope",
    "tenant",
    "tenant_id",
    "tenant_name",
    "timestamp",
    "traceparent",
    "tracestate",
    "user",
    "user_domain",
    "user_domain_id",
    "user_domain_name",
    "user_id",
    "user_identity",
    "user_name",
];

/// What a new context of Python has in these, as JSON; in a redacted one that is all they ever say.
const RESET: &[(&str, &str)] = &[
    ("auth_token", "null"),
    ("is_admin_project", "true"),
    ("quota_class", "null"),
    ("read_deleted", r#""no""#),
    ("read_only", "false"),
    ("remote_address", "null"),
    ("resource_uuid", "null"),
    ("service_catalog", "[]"),
    ("service_token", "null"),
    ("show_deleted", "false"),
];

/// The fields of a context that may be told.
///
/// # Errors
/// If the context cannot be written.
pub(super) fn redacted<C: RpcContext>(context: &C) -> Result<Fields, EncodeError> {
    let mut fields = Fields::new();
    context.write(&mut fields)?;
    fields.revise(fate)?;
    Ok(fields)
}

fn fate(name: &str) -> Fate<'static> {
    if TOLD.binary_search(&name).is_ok() {
        return Fate::Stays;
    }
    let reset = RESET.iter().find(|(reset, _)| *reset == name);
    reset.map_or(Fate::Goes, |(_, value)| Fate::Becomes(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_in_order_and_is_not_reset() {
        assert!(TOLD.is_sorted());
        assert!(RESET.iter().all(|(name, _)| !TOLD.contains(name)));
    }
}
