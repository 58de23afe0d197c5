//! Every JSON value arrives as it was sent, there and back, in every pairing.

use std::sync::Arc;

use rpc_runtime::{CallOptions, Context, RemoteError, Server, Target, rpc_manager};
use rpc_tests::run;
use rpc_tests::sample::SampleApi;
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, vhost};

fn values() -> Vec<Value> {
    let control_characters: String = ('\u{0}'..='\u{20}').chain(['\u{7f}', '\u{85}', '\u{2028}']).collect();
    let mut deep = json!("bottom");
    for _ in 0..25 {
        deep = json!({"down": [deep]});
    }
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-7),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!(3.0),
        json!(-0.5),
        json!(1e22),
        json!(1e-7),
        json!(f64::MAX),
        json!(f64::MIN_POSITIVE),
        json!(5e-324),
        json!(""),
        json!("plain"),
        json!(r#"quotes " and \ and / and \u0041"#),
        json!(control_characters),
        json!("é ß 中文 \u{202e}"),
        json!("astral \u{1f600}\u{10ffff} and \u{fffd}"),
        json!([]),
        json!({}),
        json!([[], {}, [[]], {"": {}}]),
        json!([1, [2.5, [null, [true, "x"]]]]),
        json!({"a": {"b": [null, {"c": "d"}]}, "ключ": 1, "quote\"": 2, "\u{1f600}": 3, "a b": 4}),
        // Names that mean something elsewhere in a message are data here.
        json!({"oslo.message": "{}", "_msg_id": 1, "__type__": "uuid", "__value__": {"hex": "00"}}),
        deep,
        json!("é\"\\".repeat(256 * 1024)),
    ]
}

#[test]
fn every_json_value_survives_in_every_pairing() {
    run(async {
        let vhost = vhost("values").await;
        let _rust = rust_server(&vhost, "rust").await;
        let _python = python_server(&vhost, "python").await;
        let mut python_client = python_client(&vhost).await;
        let api = SampleApi::new(&connect(&vhost).await);
        let to_rust = api.with(CallOptions::new().server("rust"));
        let to_python = api.with(CallOptions::new().server("python"));
        let ctx = Context::request();

        for value in values() {
            let shown: String = value.to_string().chars().take(80).collect();
            assert_eq!(to_rust.echo(&ctx, &value).await.unwrap(), value, "Rust to Rust: {shown}");
            assert_eq!(to_python.echo(&ctx, &value).await.unwrap(), value, "Rust to Python: {shown}");
            let echo = request("echo", json!({"value": value}), json!({"server": "rust"}));
            assert_eq!(python_client.call(echo).await.unwrap().unwrap(), value, "Python to Rust: {shown}");
        }
    });
}

/// Integers beyond 64 bits, which Python has without end.
#[rpc_manager(client = LargeApi, topic = "large", version = "1.0", error = RemoteError)]
pub trait Large {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: i128) -> Result<i128, RemoteError>;
}

struct Echo;

impl Large for Echo {
    async fn echo(&self, _: Context, value: i128) -> Result<i128, RemoteError> {
        Ok(value)
    }
}

#[test]
fn integers_of_128_bits_are_exact() {
    run(async {
        let vhost = vhost("large").await;
        let transport = connect(&vhost).await;
        let _python = python_server(&vhost, "python").await;
        let _rust = Server::builder(&transport, Target::new("large").with_server("rust"))
            .endpoint(LargeApi::endpoint(Arc::new(Echo)))
            .start()
            .await
            .unwrap();
        let rust = LargeApi::new(&transport);
        let python = rust.with(CallOptions::new().topic("topic").server("python"));
        for value in [i128::MAX, i128::MIN, i128::from(u64::MAX) + 1, i128::from(i64::MIN) - 1, 0] {
            assert_eq!(rust.echo(&Context::new(), value).await.unwrap(), value);
            assert_eq!(python.echo(&Context::new(), value).await.unwrap(), value);
        }
    });
}

/// A tuple is an array on the wire, a character a string.
type Tuple = (u8, Option<char>, f32, Vec<Option<bool>>);

#[rpc_manager(client = TypedApi, topic = "topic", version = "1.0", error = RemoteError)]
pub trait Typed {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: Tuple) -> Result<Tuple, RemoteError>;
}

#[test]
fn typed_values_come_back_from_python() {
    run(async {
        let vhost = vhost("typed").await;
        let _python = python_server(&vhost, "python").await;
        let api = TypedApi::new(&connect(&vhost).await);
        let value = (255_u8, Some('\u{1f600}'), 0.1_f32, vec![None, Some(true)]);
        assert_eq!(api.echo(&Context::new(), &value).await.unwrap(), value);
    });
}
