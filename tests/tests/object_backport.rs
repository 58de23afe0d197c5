//! Objects that are too new are made older before a method runs, as nova does it: by a conductor, asked as Python asks it.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::object::{DateTime, Field, ObjectReleases, Origin, Project, RawJson};
use rpc_runtime::{
    CallError, CallOptions, Conductor, Context, RemoteError, RpcError, Server, Target, Transport, Version,
    VersionPin, VersionedObject, rpc_manager,
};
use rpc_tests::limits::PATIENCE;
use serde_json::{Map, Value, json};

const NOVA: Project = Project::new("nova").with_prefix("nova_object");

/// The classes of the recording, as the older of the two services knows them.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.0")]
struct Part {
    n: Field<i64>,
    #[object(origin)]
    origin: Origin,
}

#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.1")]
struct Thing {
    id: Field<i64>,
    part: Field<Option<Part>>,
    when: Field<DateTime>,
    colour: Field<String>,
    #[object(origin)]
    origin: Origin,
}

#[rpc_manager(client = ThingApi, topic = "things", version = "1.0")]
trait ThingManager {
    /// The ids of things, and their versions.
    #[rpc(call)]
    async fn look(&self, ctx: Context, things: Vec<Thing>) -> Result<Vec<(i64, String)>, RemoteError>;

    /// The names of things, with their versions.
    #[rpc(call)]
    async fn name(
        &self,
        ctx: Context,
        #[arg(rest)] things: BTreeMap<String, Thing>,
    ) -> Result<BTreeMap<String, String>, RemoteError>;

    /// A new thing.
    #[rpc(call)]
    async fn make(&self, ctx: Context) -> Result<Thing, RemoteError>;
}

struct Things {
    runs: AtomicUsize,
}

impl ThingManager for Things {
    async fn look(&self, _: Context, things: Vec<Thing>) -> Result<Vec<(i64, String)>, RemoteError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        Ok(things.iter().map(|thing| (*thing.id.get().unwrap(), thing.object_version().to_owned())).collect())
    }

    async fn name(
        &self,
        _: Context,
        things: BTreeMap<String, Thing>,
    ) -> Result<BTreeMap<String, String>, RemoteError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        Ok(things.into_iter().map(|(name, thing)| (name, thing.object_version().to_owned())).collect())
    }

    async fn make(&self, _: Context) -> Result<Thing, RemoteError> {
        let part = Part { n: 5.into(), ..Part::default() };
        Ok(Thing {
            id: 1.into(),
            part: Some(part).into(),
            colour: "red".to_owned().into(),
            ..Thing::default()
        })
    }
}

#[rpc_manager(client = AnyApi, topic = "things", version = "1.0")]
trait AnyManager {
    #[rpc(call)]
    async fn look(&self, ctx: Context, #[arg(rest)] args: Map<String, Value>) -> Result<Value, RemoteError>;

    #[rpc(call)]
    async fn name(&self, ctx: Context, #[arg(rest)] args: Map<String, Value>) -> Result<Value, RemoteError>;

    #[rpc(call)]
    async fn make(&self, ctx: Context) -> Result<Value, RemoteError>;
}

/// What the conductor was asked, and by whom; the answer is the recorded one unless it is told otherwise.
#[rpc_manager(client = OlderApi, topic = "conductor", version = "3.0")]
trait OlderManager {
    #[rpc(call)]
    async fn object_backport_versions(
        &self,
        ctx: Context,
        objinst: RawJson,
        object_versions: Value,
    ) -> Result<RawJson, RemoteError>;
}

struct Recorded {
    asked: Mutex<Vec<Value>>,
    answer: Answer,
}

enum Answer {
    Older(Value),
    Never,
}

impl OlderManager for Recorded {
    async fn object_backport_versions(
        &self,
        ctx: Context,
        objinst: RawJson,
        object_versions: Value,
    ) -> Result<RawJson, RemoteError> {
        let objinst: Value = objinst.decode().unwrap();
        let asked =
            json!({"objinst": objinst, "object_versions": object_versions, "request_id": ctx.request_id()});
        self.asked.lock().unwrap().push(asked);
        match &self.answer {
            Answer::Older(object) => Ok(RawJson::new(object).unwrap()),
            Answer::Never => std::future::pending().await,
        }
    }
}

/// What Python asked, and what it was answered.
fn recorded() -> (Value, Value) {
    let path = format!("{}/vectors/objects.json", env!("CARGO_MANIFEST_DIR"));
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let messages = &vectors["nova_backport_and_indirection"][0]["messages"];
    (messages[0]["args"].clone(), messages[1]["result"].clone())
}

/// A service that asks a conductor for `within`, the conductor, and a client without types.
struct Services {
    things: Arc<Things>,
    conductor: Arc<Recorded>,
    servers: [Server; 2],
    api: AnyApi,
    transport: Transport,
}

impl Services {
    async fn start(answer: Answer, within: Duration) -> Self {
        let transport = Transport::connect("memory://").await.unwrap();
        let things = Arc::new(Things { runs: AtomicUsize::new(0) });
        let conductor = Arc::new(Recorded { asked: Mutex::default(), answer });
        let asking = Conductor::new(&transport).with(CallOptions::new().timeout(PATIENCE));
        let server = Server::builder(&transport, Target::new("things").with_server("host1"))
            .endpoint(ThingApi::endpoint(Arc::clone(&things)))
            .backport(asking, within)
            .start();
        let older = Server::builder(&transport, Target::new("conductor").with_server("host1"))
            .endpoint(OlderApi::endpoint(Arc::clone(&conductor)))
            .start();
        let servers = [server.await.unwrap(), older.await.unwrap()];
        Self { things, conductor, servers, api: AnyApi::new(&transport), transport }
    }

    /// Has the server look at these, and tells how often the method ran.
    async fn look(&self, ctx: &Context, things: Value) -> (Result<Value, CallError<RemoteError>>, usize) {
        let args = [("things".to_owned(), things)].into_iter().collect();
        (self.api.look(ctx, &args).await, self.things.runs.load(Ordering::Relaxed))
    }

    fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut self.conductor.asked.lock().unwrap())
    }

    async fn stop(self) {
        for server in self.servers {
            // What never answers is cut off.
            drop(server.shutdown(Duration::ZERO).await);
        }
    }
}

#[tokio::test]
async fn the_conductor_is_asked_as_python_asks_it() {
    let (args, older) = recorded();
    let services = Services::start(Answer::Older(older.clone()), PATIENCE).await;
    let ctx = Context::request();
    let (answer, runs) =
        services.look(&ctx, json!([older.clone(), args["objinst"].clone(), args["objinst"].clone()])).await;
    assert_eq!(answer.unwrap(), json!([[1, "1.1"], [1, "1.1"], [1, "1.1"]]));
    assert_eq!(runs, 1, "once, with all of them");
    let mut asked = args;
    asked["request_id"] = ctx.request_id().into();
    assert_eq!(services.asked(), [asked.clone(), asked], "nobody is asked about what can be read");
    let (_, runs) = services.look(&ctx, json!([older])).await;
    assert_eq!((services.asked().len(), runs), (0, 2));
    services.stop().await;
}

/// The other way round: a conductor in Rust answers what Python's answers.
#[test]
fn a_rust_conductor_makes_the_same_older_object() {
    let (args, older) = recorded();
    let new: new::Thing = serde_json::from_value(args["objinst"].clone()).unwrap();
    let versions = Arc::new(serde_json::from_value(args["object_versions"].clone()).unwrap());
    let mut made: Value = RawJson::capped(&versions, &new).unwrap().decode().unwrap();
    // In any order; and Python leaves names in the changes of the inner object that it does not have in that version.
    let mut older = older;
    for object in [&mut made, &mut older] {
        object["nova_object.changes"].as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    let inner = &mut older["nova_object.data"]["part"]["nova_object.changes"];
    assert_eq!(std::mem::replace(inner, json!(["n"])), json!(["extra", "n"]));
    assert_eq!(made, older);
}

#[tokio::test]
async fn an_answer_that_is_too_new_as_well_is_not_asked_about_again() {
    let (args, _) = recorded();
    let services = Services::start(Answer::Older(args["objinst"].clone()), PATIENCE).await;
    let (answer, runs) = services.look(&Context::new(), json!([args["objinst"].clone()])).await;
    let error = answer.unwrap_err();
    let error = error.method().unwrap();
    assert_eq!(error.class, "IncompatibleObjectVersion");
    assert_eq!(error.kwargs["objver"], "1.2");
    assert_eq!((services.asked().len(), runs), (1, 0));
    services.stop().await;
}

#[tokio::test]
async fn too_new_comes_before_what_else_is_wrong_in_any_order_of_the_parts() {
    let (_, older) = recorded();
    let services = Services::start(Answer::Older(older), PATIENCE).await;
    // Values are sorted: the data, with a part of another kind in it, is read before the version.
    let thing = json!({
        "nova_object.name": "Thing", "nova_object.namespace": "nova", "nova_object.version": "1.9",
        "nova_object.data": {"id": "an id is a text now"},
    });
    assert!(thing.to_string().find(".data") < thing.to_string().find(".version"));
    let (answer, runs) = services.look(&Context::new(), json!([thing])).await;
    assert_eq!((answer.unwrap(), runs), (json!([[1, "1.1"]]), 1));
    assert_eq!(services.asked()[0]["objinst"], thing);
    services.stop().await;
}

#[tokio::test]
async fn objects_among_the_other_keyword_arguments_are_made_older_too() {
    let (args, older) = recorded();
    let services = Services::start(Answer::Older(older.clone()), PATIENCE).await;
    let newer = args["objinst"].clone();
    let mut wrong = newer.clone();
    wrong["nova_object.data"]["id"] = json!("an id is a text now");
    // One of them is called as the parameter is.
    let all = json!({"things": newer, "b": older, "c": wrong});
    let answer = services.api.name(&Context::new(), all.as_object().unwrap()).await;
    assert_eq!(answer.unwrap(), json!({"things": "1.1", "b": "1.1", "c": "1.1"}));
    assert_eq!((services.asked().len(), services.things.runs.load(Ordering::Relaxed)), (2, 1));

    let alone = Server::builder(&services.transport, Target::new("alone").with_server("host1"))
        .endpoint(ThingApi::endpoint(Arc::clone(&services.things)))
        .start()
        .await
        .unwrap();
    let api = services.api.with(CallOptions::new().topic("alone"));
    let error = api.name(&Context::new(), all.as_object().unwrap()).await.unwrap_err();
    let error = error.method().unwrap();
    assert_eq!((&*error.class, &error.kwargs["objver"]), ("IncompatibleObjectVersion", &json!("1.2")));
    alone.shutdown(PATIENCE).await.unwrap();
    services.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_conductor_that_never_answers_costs_its_caller_a_bounded_time() {
    let (args, _) = recorded();
    let services = Services::start(Answer::Never, Duration::from_millis(100)).await;
    let (answer, runs) = services.look(&Context::new(), json!([args["objinst"].clone()])).await;
    let error = answer.unwrap_err();
    let error = error.method().unwrap();
    assert_eq!(error.class, "TimeoutError");
    assert!(error.message.contains("look(): an object is too new"), "{}", error.message);
    assert_eq!((services.asked().len(), runs), (1, 0));
    services.stop().await;
}

#[tokio::test]
async fn results_are_capped_as_the_pin_says_when_they_are_sent() {
    let transport = Transport::connect("memory://").await.unwrap();
    let pin = VersionPin::unpinned();
    let server = Server::builder(&transport, Target::new("things").with_server("host1"))
        .endpoint(ThingApi::endpoint(Arc::new(Things { runs: AtomicUsize::new(0) })))
        .object_pin(&pin)
        .start()
        .await
        .unwrap();
    let api = AnyApi::new(&transport);
    let version = async || api.make(&Context::new()).await.unwrap()["nova_object.version"].clone();
    assert_eq!(version().await, "1.1");
    let releases = ObjectReleases::new()
        .with("yoga", [("Thing", "1.0")])
        .and_then(|releases| releases.with("zed", [("Thing", "1.1")]))
        .unwrap();
    pin.set_with_objects(Version::new(1, 0), releases.at("yoga").unwrap());
    assert_eq!(version().await, "1.0");
    pin.clear_objects();
    assert_eq!((version().await, pin.get()), (json!("1.1"), Some(Version::new(1, 0))));

    // A client that knows only an older class learns what came instead.
    let old = OldApi::new(&transport);
    match old.make(&Context::new()).await.unwrap_err() {
        CallError::Rpc(error @ RpcError::Decode { .. }) => {
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert_eq!(source, "Version 1.1 of Thing is not supported, supported version is 1.0");
        }
        other => panic!("{other:?}"),
    }
    server.shutdown(PATIENCE).await.unwrap();
}

#[rpc_manager(client = OldApi, topic = "things", version = "1.0")]
trait OldManager {
    #[rpc(call)]
    async fn make(&self, ctx: Context) -> Result<old::Thing, RemoteError>;
}

mod new {
    use super::{DateTime, Field, NOVA, Origin, VersionedObject};

    #[derive(Debug, Clone, Default, VersionedObject)]
    #[object(project = NOVA, version = "1.1")]
    pub(super) struct Part {
        n: Field<i64>,
        #[object(since = "1.1")]
        extra: Field<String>,
        #[object(origin)]
        origin: Origin,
    }

    #[derive(Debug, Clone, Default, VersionedObject)]
    #[object(project = NOVA, version = "1.2")]
    pub(super) struct Thing {
        id: Field<i64>,
        part: Field<Option<Part>>,
        when: Field<DateTime>,
        colour: Field<String>,
        #[object(since = "1.2")]
        new_in_1_2: Field<String>,
        #[object(origin)]
        origin: Origin,
    }
}

mod old {
    use super::{Field, NOVA, Origin, VersionedObject};

    #[derive(Debug, Clone, Default, VersionedObject)]
    #[object(project = NOVA, version = "1.0")]
    pub(super) struct Thing {
        id: Field<i64>,
        #[object(origin)]
        origin: Origin,
    }
}
