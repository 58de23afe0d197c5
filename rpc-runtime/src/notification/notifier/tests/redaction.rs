//! No token leaves.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::super::emission::Home;
use super::super::redaction::redacted;
use super::*;
use crate::context::{Context, RpcContext};
use crate::notification::{Notification, Priority};
use crate::wire::{EncodeError, Fields, Format};

/// The names that something may be put under: those of the contexts of oslo.context, cinder, nova and neutron, and others.
const NAMES: &[&str] = &[
    "auth_token",
    "auth_token_info",
    "service_token",
    "service_catalog",
    "trace_info",
    "token",
    "tokens",
    "auth_plugin",
    "user_auth_plugin",
    "password",
    "remote_address",
    "quota_class",
    "resource_uuid",
    "read_deleted",
    "show_deleted",
    "read_only",
    "is_admin_project",
    "x_auth_token",
    "hmac_key",
    "unknown",
    "nova_object.data",
    "project_id_token",
    "AUTH_TOKEN",
    "client_timeout",
    "service_user_name",
];

#[derive(Debug, Clone)]
enum Put {
    Plain,
    Within,
    Deep,
    Listed,
    Named,
}

fn put(how: &Put, token: &str) -> Value {
    match how {
        Put::Plain => json!(token),
        Put::Within => json!({"token": {"id": token}}),
        Put::Deep => json!([{"endpoints": [{"a": {"b": [token]}}]}]),
        Put::Listed => json!([token, 5, token]),
        Put::Named => json!({token: 1}),
    }
}

proptest! {
    #[test]
    fn a_token_never_leaves(
        places in vec(
            (
                prop_oneof![
                    8 => prop::sample::select(NAMES).prop_map(str::to_owned),
                    1 => "[a-z_]{1,12}_token[a-z_]{0,3}",
                ],
                prop::sample::select(vec![Put::Plain, Put::Within, Put::Deep, Put::Listed, Put::Named]),
            ),
            1..8,
        ),
    ) {
        const TOKEN: &str = "gAAAAABtoken0p";
        let context = Context::request().with_user("u1").with_project("p1");
        let context = places.iter().fold(context, |ctx, (name, how)| ctx.with(name, put(how, TOKEN)));
        let event = Notification::new(Priority::Info, "e", &1).unwrap();
        let context = redacted(&context).unwrap();
        let emission = Emission::new(None, event, context, Home::default(), Retry::Forever);
        for format in [Format::Enveloped, Format::Bare] {
            let body = emission.body(format).unwrap();
            let body = std::str::from_utf8(&body).unwrap();
            prop_assert!(!body.contains(TOKEN), "{places:?}: {body}");
            prop_assert!(body.contains("u1") && body.contains("p1"));
        }
        let printed = format!("{emission:?}");
        prop_assert!(!printed.contains(TOKEN));
    }
}

#[tokio::test]
async fn what_is_told_is_told_under_every_name() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder);
    let told = [
        "domain",
        "domain_id",
        "domain_name",
        "global_request_id",
        "project",
        "project_domain",
        "project_domain_id",
        "project_domain_name",
        "project_id",
        "project_name",
        "request_id",
        "service_project_domain_id",
        "service_project_domain_name",
        "service_project_id",
        "service_project_name",
        "service_user_domain_id",
        "service_user_domain_name",
        "service_user_id",
        "system_scope",
        "tenant",
        "tenant_id",
        "tenant_name",
        "user",
        "user_domain",
        "user_domain_id",
        "user_domain_name",
        "user_id",
        "user_identity",
        "user_name",
        "traceparent",
        "tracestate",
    ];
    let context = told.iter().fold(Context::new(), |ctx, name| ctx.with(name, *name));
    let context = context.with("roles", json!(["member"])).with("is_admin", true);
    notifier.info(&context, "e", &1).await.unwrap();
    let inner = inner(&bus.published()[0].body);
    for name in told {
        assert_eq!(inner[&format!("_context_{name}")], name);
    }
    assert_eq!((&inner["_context_roles"], &inner["_context_is_admin"]), (&json!(["member"]), &json!(true)));
}

#[tokio::test]
async fn what_python_resets_is_reset() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder);
    let reset = json!({
        "auth_token": null, "service_token": null, "resource_uuid": null, "remote_address": null, "quota_class": null,
        "show_deleted": false, "read_only": false, "is_admin_project": true, "read_deleted": "no", "service_catalog": [],
    });
    let reset = reset.as_object().unwrap();
    let context = reset.keys().fold(Context::new(), |ctx, name| ctx.with(name, "x")).with("unknown", "x");
    notifier.info(&context, "e", &1).await.unwrap();
    let inner = inner(&bus.published()[0].body);
    for (name, value) in reset {
        assert_eq!(inner[&format!("_context_{name}")], *value, "{name}");
    }
    assert_eq!(inner.get("_context_unknown"), None);
}

/// A context of a service of one's own.
struct Own;

impl RpcContext for Own {
    fn write(&self, fields: &mut Fields) -> Result<(), EncodeError> {
        fields.set("user_id", "u1")?;
        fields.set("auth_token", "t0p")?;
        fields.set("vendor_token", &json!({"x": "t0p"}))
    }

    fn read(_: &crate::wire::Arguments) -> Result<Self, String> {
        Ok(Self)
    }
}

#[tokio::test]
async fn any_context_is_redacted() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder);
    notifier.info(&Own, "e", &1).await.unwrap();
    let body = String::from_utf8(bus.published()[0].body.to_vec()).unwrap();
    assert!(body.contains("u1") && !body.contains("t0p"), "{body}");
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let (_, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder.drivers([DriverName::MessagingV2, DriverName::Test]));
    let context = Context::request().with_auth_token("t0p").with_user("s3cret-user");
    notifier.info(&context, "e", &json!({"admin": "t0p"})).await.unwrap();
    let emissions = notifier.test_driver().unwrap().take();
    for printed in [format!("{emissions:?}"), format!("{notifier:?}")] {
        assert!(!printed.contains("t0p") && !printed.contains("s3cret"), "{printed}");
    }
}
