//! Python with Python: what the other tests stand on.

use anyhow::Result;
use serde_json::json;

use super::Bus;
use super::values::{TEXT, raised, same};
use crate::sample::request;

/// All that has a part in the other tests.
pub async fn python_works_with_itself(bus: &Bus) -> Result<()> {
    let mut first = bus.python_server("first").await?;
    let mut second = bus.python_server("second").await?;
    let mut client = bus.python_client().await?;
    same(client.call(request("echo", json!({"value": TEXT}), json!({}))).await??, TEXT)?;
    let whoami = request("whoami", json!({}), json!({"server": "second"}));
    same(&client.call(whoami).await??["server"], &json!("second"))?;
    let fails = request("fail_builtin", json!({"message": "no"}), json!({}));
    same(raised(client.call(fails).await?)?.class, "ValueError")?;
    client.cast(request("note", json!({"n": 1}), json!({"server": "first"}))).await??;
    same(&first.note().await?.args["n"], &json!(1))?;
    client.cast(request("note", json!({"n": 2}), json!({"fanout": true}))).await??;
    same(&first.note().await?.args["n"], &json!(2))?;
    same(&second.note().await?.args["n"], &json!(2))?;
    same(first.stop().await?, [])?;
    same(second.stop().await?, [])?;
    client.stop().await
}
