use serde_json::{Value, json};

use super::request::MAX_FIELDS;
use super::*;
use crate::wire::{Content, Fields, Limits, Request, RequestHead};

/// The context as the receiver of a request has it.
fn passed(ctx: &Context) -> Context {
    let mut fields = Fields::new();
    ctx.write(&mut fields).unwrap();
    received(&RequestHead::new("m", "u1").encode(&Fields::new(), &fields))
}

fn received(body: &bytes::Bytes) -> Context {
    let request = Request::decode(body, &Content::JSON, &Limits::default()).unwrap();
    Context::read(&request.context).unwrap()
}

/// The context that a request of Python comes with, whose inner message has these members.
fn from_python(members: &str) -> Context {
    let inner = format!(r#"{{"method": "m", "args": {{}}, "_unique_id": "u1", {members}}}"#);
    received(&json!({"oslo.version": "2.0", "oslo.message": inner}).to_string().into())
}

fn fields(ctx: &Context) -> Value {
    ctx.iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn absent_fields_have_the_defaults_of_oslo_context() {
    let ctx = Context::new();
    assert!(!ctx.is_admin() && !ctx.read_only() && !ctx.show_deleted() && ctx.is_admin_project());
    assert_eq!(ctx.roles(), [""; 0]);
    assert_eq!((ctx.request_id(), ctx.global_id()), (None, None));
    assert_eq!(ctx.read_deleted(), ReadDeleted::No);
}

#[test]
fn fields_of_a_wrong_type_are_absent() {
    let ctx = Context::new().with("user", 5).with("is_admin", "yes").with("roles", "member");
    assert_eq!(ctx.user(), None);
    assert!(!ctx.is_admin());
    assert_eq!(ctx.roles(), [""; 0]);
    assert_eq!(ctx.get("user"), Some(Value::from(5)));
    assert_eq!(ctx.decode::<u8>("user").unwrap().unwrap(), 5);
    assert!(ctx.decode::<String>("user").unwrap().is_err());
    assert!(ctx.decode::<String>("nothing").is_none());
}

#[test]
fn every_name_is_understood() {
    for name in ["user_id", "user"] {
        let ctx = Context::new().with(name, "u1");
        assert_eq!((ctx.user_id(), ctx.user()), (Some("u1"), Some("u1")));
    }
    for name in ["project_id", "project", "tenant"] {
        let ctx = Context::new().with(name, "p1");
        assert_eq!((ctx.project_id(), ctx.project(), ctx.tenant()), (Some("p1"), Some("p1"), Some("p1")));
    }
    for name in ["domain_id", "domain"] {
        let ctx = Context::new().with(name, "d1");
        assert_eq!((ctx.domain_id(), ctx.domain()), (Some("d1"), Some("d1")));
    }
    let ctx = Context::new().with("user", "older").with("user_id", "u1").with("project_id", Value::Null);
    assert_eq!(ctx.user(), Some("u1"));
    assert_eq!(ctx.with("project", "p1").project_id(), Some("p1"));
}

#[test]
fn a_request_has_what_services_ask_for() {
    let ctx = Context::request();
    assert!(ctx.request_id().is_some_and(|id| id.len() == 40 && id.starts_with("req-")));
    assert_eq!(ctx.get("is_admin"), Some(json!(false)));
    assert_eq!(ctx.get("read_deleted"), Some(json!("no")));
    assert_eq!(ctx.get("roles"), Some(json!([])));
    assert!(ctx.timestamp().is_some_and(|time| time.len() == 26));
    assert_ne!(ctx.request_id(), Context::request().request_id());

    let ctx = Context::new().with_user("u1").with_project("p1").with_domain("d1").with_user_domain("ud");
    let ctx = ctx.with_roles(["member"]).with_is_admin(true).with_read_deleted(ReadDeleted::Only);
    assert_eq!(
        fields(&ctx),
        json!({
            "user": "u1", "user_id": "u1", "project": "p1", "project_id": "p1", "domain": "d1", "domain_id": "d1",
            "user_domain": "ud", "user_identity": "u1 p1 d1 ud -", "roles": ["member"], "is_admin": true,
            "read_deleted": "only",
        })
    );
    assert_eq!(ctx.read_deleted(), ReadDeleted::Only);
}

#[test]
fn a_change_of_project_changes_it_under_every_name_that_came() {
    let ctx = Context::new().with("tenant", "p1").with_project("p2");
    assert_eq!(ctx.get("tenant"), Some(json!("p2")));
    assert_eq!(Context::new().with_project("p2").get("tenant"), None);
}

#[test]
fn rights_are_only_in_the_elevated_copy() {
    let ctx = Context::request().with_user("u1").with_roles(["member"]);
    let elevated = ctx.elevated();
    assert!(elevated.is_admin() && !ctx.is_admin());
    assert_eq!(
        (elevated.roles(), ctx.roles()),
        (vec!["member".to_owned(), "admin".to_owned()], vec!["member".to_owned()])
    );
    assert!(elevated.has_role("admin") && !ctx.has_role("admin"));
    assert_eq!(elevated.elevated(), elevated);
    assert_eq!((elevated.user(), elevated.request_id()), (ctx.user(), ctx.request_id()));
}

#[test]
fn a_nested_request_keeps_the_global_id() {
    let first = Context::request().with_user("u1");
    let second = first.nested();
    assert_eq!((second.global_request_id(), second.user()), (first.request_id(), Some("u1")));
    assert!(second.request_id().is_some() && second.request_id() != first.request_id());
    let third = second.nested();
    assert_eq!(third.global_request_id(), first.request_id());
    assert_ne!(third.request_id(), second.request_id());
    assert_eq!(third.global_id(), first.global_id());
    assert_eq!(Context::new().nested().global_request_id(), None);
}

#[test]
fn digits_stay_on_the_way() {
    let members = r#""_context_big": 1180591620717411303424, "_context_small": 1e-07, "_context_one": 1.0,
        "_context_in": {"a": [-1180591620717411303424, 0.10, "\u00e9"]}, "_context_name": "Gr\u00f6\u00dfe\n""#;
    let ctx = passed(&from_python(members));
    let text =
        |name: &str| ctx.decode::<Box<serde_json::value::RawValue>>(name).unwrap().unwrap().get().to_owned();
    assert_eq!(text("big"), "1180591620717411303424");
    assert_eq!(ctx.decode::<i128>("big").unwrap().unwrap(), 1 << 70);
    assert_eq!((text("small"), text("one")), ("1e-07".to_owned(), "1.0".to_owned()));
    assert_eq!(text("in"), r#"{"a": [-1180591620717411303424, 0.10, "\u00e9"]}"#);
    assert_eq!(ctx.get("name"), Some(json!("Größe\n")));
    assert_eq!(text("name"), r#""Größe\n""#);
    assert!(format!("{ctx:?}").contains("1180591620717411303424"), "{ctx:?}");
}

#[test]
fn the_last_of_a_repeated_field_counts() {
    let ctx = from_python(
        r#""_context_b": 1, "_context_a": 2, "_context_b": 3, "_context_a": "x", "_context_b": [4]"#,
    );
    assert_eq!(fields(&ctx), json!({"a": "x", "b": [4]}));
}

#[test]
fn fields_are_replaced_and_found() {
    let mut ctx = Context::new();
    for round in 0..3 {
        for n in [5, 1, 4, 2, 3, 0] {
            // Empty names and values, and some that are longer and shorter than before.
            ctx = ctx.with("x".repeat(n), "y".repeat((n + round) % 4)).with(format!("n{n}"), n + round);
        }
    }
    for n in 0..6 {
        assert_eq!(ctx.get(&"x".repeat(n)), Some(Value::from("y".repeat((n + 2) % 4))), "{n}");
        assert_eq!(ctx.get(&format!("n{n}")), Some(Value::from(n + 2)));
    }
    assert_eq!(ctx.iter().count(), 12);
    assert_eq!(ctx.get("xxxxxx"), None);
    let again = ctx.clone().with("x", 1).with("x", "yyy");
    assert_eq!(again, ctx);
    assert_ne!(again.with("x", "yy"), ctx);
}

#[test]
fn the_layout_of_json_makes_no_difference() {
    let came = from_python(r#""_context_a": [1,{"b":  2}], "_context_s": "\u0061""#);
    assert_eq!(came, Context::new().with("s", "a").with("a", json!([1, {"b": 2}])));
    assert_ne!(came, Context::new().with("s", "a").with("a", json!([1, {"b": 3}])));
    assert_ne!(came, Context::new().with("s", "a"));
    assert_ne!(Context::new().with("s", "null"), Context::new().with("s", Value::Null));
}

#[test]
fn what_one_reader_would_refuse_is_sent_as_all_read_it() {
    let ctx = Context::new()
        .with("timestamp", "2026-01-02T03:04:05.000006+00:00")
        .with("read_deleted", Value::Null);
    assert_eq!(ctx.timestamp(), Some("2026-01-02T03:04:05.000006+00:00"));
    assert_eq!(
        fields(&passed(&ctx)),
        json!({"timestamp": "2026-01-02T03:04:05.000006", "read_deleted": "no"})
    );
    let odd = Context::new().with("timestamp", 5).with("read_deleted", "all");
    assert_eq!(passed(&odd), odd);
}

#[test]
fn secrets_are_not_printed() {
    let ctx = Context::new().with_auth_token("t0p").with("db_password", "t0p").with("user", "u1");
    let printed = format!("{ctx:?}");
    assert!(!printed.contains("t0p") && printed.contains("u1"), "{printed}");
}

#[test]
fn nor_are_those_within_other_values() {
    let trace = json!({"base_id": "b1", "hmac_key": "t0p"});
    let catalog = json!([{"endpoints": [{"url": "u1", "AdminPassword": "t0p", "none_of_its_tokens": null}]}]);
    let printed = format!("{:?}", Context::new().with("trace_info", trace).with("service_catalog", catalog));
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
