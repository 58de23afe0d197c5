//! Exceptions, across languages.

use anyhow::{Context as _, Result, ensure};
use rpc_runtime::{Context, RemoteError, RpcError, rpc_manager};
use serde_json::{Value, json};

use super::Bus;
use super::values::{TEXT, raised, same};
use crate::sample::{BrokenApi, SampleApi, SampleError, request};

/// What no server has.
#[rpc_manager(topic = "topic", version = "1.0")]
trait Missing {
    /// Is missing.
    #[rpc(call)]
    async fn missing(&self, ctx: Context) -> Result<(), RemoteError>;
}

/// The variant that declares it, or what the framework has for what nobody declares.
pub async fn rust_has_its_own_error_for_what_python_raises(bus: &Bus) -> Result<()> {
    let _python = bus.python_server("python").await?;
    let transport = bus.connect_to(&[]).await?;
    let (api, ctx) = (SampleApi::new(&transport), Context::request());
    let busy = SampleError::VolumeBusy { volume_id: "v1".into(), reason: "no".into() };
    for (outcome, expected) in [
        (api.fail_builtin(&ctx, TEXT).await, SampleError::Value(TEXT.to_owned())),
        (api.fail_not_found(&ctx, "v1").await, SampleError::VolumeNotFound { volume_id: "v1".into() }),
        (api.fail_limit(&ctx, "ram", 9_u64).await, SampleError::LimitReached("ram".into(), 9)),
        (api.fail_expected(&ctx, "v1", "no").await, busy),
    ] {
        let error = raised(outcome)?;
        ensure!(error.method() == Some(&expected), "{error:?} in place of {expected:?}");
    }
    // It has no such namespace, and no such method.
    let error = raised(BrokenApi::new(&transport).panics(&ctx, "").await)?;
    ensure!(matches!(error.rpc(), Some(RpcError::UnsupportedVersion { .. })), "{error:?}");
    let error = raised(MissingApi::new(&transport).missing(&ctx).await)?;
    ensure!(matches!(error.rpc(), Some(RpcError::NoSuchMethod { .. })), "{error:?}");
    Ok(())
}

/// Where it has them, with their arguments; else what says which they are.
pub async fn python_raises_the_classes_that_rust_names(bus: &Bus) -> Result<()> {
    let _rust = bus.rust_server("rust").await?;
    let mut client = bus.python_client().await?;
    let mut fails = async |method: &str, args: Value, keys: Value| {
        raised(client.call(request(method, args, keys)).await?).context(method.to_owned())
    };
    let error = fails("fail_builtin", json!({"message": TEXT}), json!({})).await?;
    ensure!(error.class == "ValueError" && error.text.starts_with(TEXT), "{error:?}");
    let error = fails("fail_not_found", json!({"volume_id": "v1"}), json!({})).await?;
    ensure!(error.bases.iter().any(|base| base == "sample_exceptions.VolumeNotFound"), "{error:?}");
    same(Value::from(error.kwargs), json!({"code": 404, "volume_id": "v1"}))?;
    let error = fails("missing", json!({}), json!({})).await?;
    ensure!(error.exc_type.as_deref() == Some("NoSuchMethod"), "{error:?}");
    ensure!(error.text.contains("missing"), "{error:?}");
    let error = fails("whoami", json!({}), json!({"version": "1.9"})).await?;
    ensure!(error.exc_type.as_deref() == Some("UnsupportedVersion"), "{error:?}");
    let broken = json!({"namespace": "broken", "version": "1.0"});
    let error = fails("panics", json!({"text": "secret"}), broken).await?;
    ensure!(error.class == "RuntimeError" && error.text.starts_with("panics() panicked\n"), "{error:?}");
    ensure!(!error.text.contains("secret"), "{error:?}");
    Ok(())
}
