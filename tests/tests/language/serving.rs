//! What is served, and what cannot be served together.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{Context, RemoteError, Server, ServerError, Target, Transport, rpc_manager};

#[rpc_manager(client = NewerApi, topic = "compute", version("6.1", "5.9"))]
pub trait Newer {
    #[rpc(call, was("failover_host", until = "6.1"))]
    async fn failover(&self, ctx: Context) -> Result<(), RemoteError>;
}

#[rpc_manager(client = OlderApi, topic = "compute", version = "5.0")]
pub trait Older {
    #[rpc(call)]
    async fn failover_host(&self, ctx: Context) -> Result<(), RemoteError>;
}

#[rpc_manager(client = OldestApi, topic = "compute", version = "4.2")]
pub trait Oldest {
    #[rpc(call, since = "4.2")]
    async fn failover(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct All;

impl Newer for All {
    async fn failover(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

impl Older for All {
    async fn failover_host(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

impl Oldest for All {
    async fn failover(&self, _: Context) -> Result<(), RemoteError> {
        Err(RemoteError::builtin("ValueError", "of the oldest"))
    }
}

#[tokio::test]
async fn clashes_of_older_names_in_older_majors() {
    let transport = Transport::connect("memory://").await.unwrap();
    let server = || Server::builder(&transport, Target::new("compute").with_server("host1"));
    let manager = Arc::new(All);
    let refused = server()
        .endpoint(NewerApi::endpoint(Arc::clone(&manager)))
        .endpoint(OlderApi::endpoint(Arc::clone(&manager)))
        .start()
        .await
        .unwrap_err();
    let ServerError::Shadowed { method, first, second, major, .. } = refused else { panic!("{refused:?}") };
    assert_eq!((&*method, &*first, &*second, major), ("failover_host", "Newer", "Older", 5));

    // Another major is another interface.
    let _server = server()
        .endpoint(NewerApi::endpoint(Arc::clone(&manager)))
        .endpoint(OldestApi::endpoint(manager))
        .start()
        .await
        .unwrap();
    let ctx = Context::new();
    NewerApi::new(&transport).failover(&ctx).await.unwrap();
    OldestApi::new(&transport).failover(&ctx).await.unwrap_err();
}

/// The client of a trait that names none.
#[rpc_manager(topic = "doors", version = "1.0")]
pub trait DoorManager {
    #[rpc(call, to = host)]
    async fn open(&self, ctx: Context, host: String) -> Result<String, RemoteError>;
}

struct Door(&'static str);

impl DoorManager for Door {
    async fn open(&self, _: Context, host: String) -> Result<String, RemoteError> {
        Ok(format!("{} of {host}", self.0))
    }
}

#[tokio::test]
async fn managers_are_given_by_value_or_shared() {
    let transport = Transport::connect("memory://").await.unwrap();
    assert_eq!(DoorApi::target(), Target::new("doors"));
    let mut servers = Vec::new();
    for builder in [
        DoorApi::serve(&transport, "front", Door("the value")),
        DoorApi::serve(&transport, "back".to_owned(), Arc::new(Door("the shared one"))),
        Server::builder(&transport, DoorApi::target().with_server("side"))
            .endpoint(DoorApi::endpoint(Door("it"))),
    ] {
        servers.push(builder.start().await.unwrap());
    }
    assert_eq!(servers[0].target(), &Target::new("doors").with_server("front"));
    let (api, ctx) = (DoorApi::new(&transport), Context::new());
    for (host, opened) in [("front", "the value"), ("back", "the shared one"), ("side", "it")] {
        assert_eq!(api.open(&ctx, host).await.unwrap(), format!("{opened} of {host}"));
    }
    for server in servers {
        server.shutdown(Duration::from_secs(60)).await.unwrap();
    }
}
