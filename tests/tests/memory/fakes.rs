//! Fakes in the place of managers.

use std::sync::Arc;

use rpc_runtime::prelude::*;
use serde_json::{Map, Value, json};

#[rpc_manager(topic = "bank", version = "2.1", fake = FakeBank)]
pub trait BankManager {
    /// With an older name, a default and the rest.
    #[rpc(call, was("withdraw", until = "2.1"))]
    async fn pay(
        &self,
        ctx: Context,
        amount: u64,
        #[arg(default = "eur")] currency: String,
        #[arg(rest)] more: Map<String, Value>,
    ) -> Result<String, RemoteError>;

    #[rpc(call)]
    #[deprecated]
    async fn balance(&self, ctx: Context) -> Result<u64, RemoteError>;

    #[rpc(cast, fanout)]
    async fn shut(&self, ctx: Context) -> Result<(), RemoteError>;
}

async fn bank(fake: &FakeBank) -> (Transport, Server) {
    let transport = Transport::connect("memory://").await.unwrap();
    let server = BankApi::serve(&transport, "host1", fake.clone()).await.unwrap();
    (transport, server)
}

fn raised<T: std::fmt::Debug>(outcome: Result<T, CallError<RemoteError>>) -> String {
    match outcome {
        Err(CallError::Method(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[allow(deprecated)]
async fn a_fake_answers_what_it_was_given_and_raises_for_the_rest() {
    let fake = FakeBank::default();
    let (transport, _server) = bank(&fake).await;
    let (api, ctx) = (BankApi::new(&transport), Context::new().with("user", "alice"));
    let unanswered = "remote error rpc_runtime.NotExecuted: the fake was given no answer for pay()";
    assert_eq!(raised(api.pay(&ctx, 5, Map::new()).await), unanswered);
    // A fanout has no caller who could be told.
    api.shut(&ctx).await.unwrap();

    fake.pay(|ctx, amount, currency, more| async move {
        Ok(format!("{} {amount} {currency} {}", ctx.user().unwrap_or("nobody"), Value::from(more)))
    })
    .balance(|_| async { Ok(7) });
    let more = Map::from_iter([("to".to_owned(), json!("bob"))]);
    assert_eq!(api.pay(&ctx, 5, &more).await.unwrap(), "alice 5 eur {\"to\":\"bob\"}");
    assert_eq!(api.balance(&ctx).await.unwrap(), 7);
    // Older clients call it by another name, and still it is the same.
    let older = api.pinned(BankApi::pin("2.0").unwrap());
    assert_eq!(older.pay(&ctx, 6, Map::new()).currency("usd").await.unwrap(), "alice 6 usd {}");

    fake.pay(|_, _, _, _| async { Err(RemoteError::builtin("ValueError", "no money")) });
    assert_eq!(raised(older.pay(&ctx, 6, Map::new()).await), "remote error builtins.ValueError: no money");
    assert_eq!(format!("{fake:?}").matches("pay").count(), 1);
}

#[tokio::test]
async fn a_fake_is_an_endpoint_beside_others() {
    let fake = FakeBank::default();
    fake.shut(|_| async { Ok(()) });
    let transport = Transport::connect("memory://").await.unwrap();
    let server = Server::builder(&transport, BankApi::target().with_server("host1"));
    let server = server.endpoint(BankApi::endpoint(Arc::new(fake))).await.unwrap();
    assert_eq!(server.target().topic(), BankApi::INTERFACE.topic);
}
