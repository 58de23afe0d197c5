//! Setting a server up.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

#[cfg(feature = "objects")]
use super::backport::{Backport, Backports};
use super::dispatch::Endpoints;
use super::endpoint::Endpoint;
use super::error::ServerError;
use super::execution::Panics;
use super::lifecycle::Server;
use super::objects::Objects;
use super::observer::{Observer, RequestInfo};
use super::setup::Setup;
#[cfg(feature = "config")]
use crate::config::Config;
#[cfg(feature = "objects")]
use crate::pin::VersionPin;
use crate::receiving::{Acknowledge, DeadLetters};
use crate::target::{Target, check_words};
#[cfg(feature = "service")]
use crate::text::printable;
use crate::transport::driver::ListenOptions;
use crate::transport::{Ability, Transport, Unable};

/// Handlers that run at once; oslo.messaging's `executor_thread_pool_size`.
const WORKERS: usize = 64;
/// Messages of each queue with the server that no handler has started; they are in memory.
const PREFETCH: u16 = 128;
/// Memory of large requests and replies in work, in bytes.
const MEMORY: usize = 256 << 20;
/// A server has one for its topic, one of its own and one for fanouts.
const QUEUES: usize = 3;
/// How long requests that run have once a signal came: less than what Kubernetes (30 seconds) and systemd (90) give a
/// process, so that it ends by itself.
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(25);
/// Ids remembered: at 10,000 requests a second, those of a reconnect of six seconds.
const DUPLICATES: usize = 65_536;

/// A server that has not been started.
///
/// To await it starts it.
#[must_use = "a server does nothing until it is started"]
pub struct ServerBuilder {
    transport: Transport,
    target: Target,
    endpoints: Vec<Endpoint>,
    ping: bool,
    workers: usize,
    prefetch: Option<u16>,
    memory: Option<usize>,
    panic_texts: bool,
    duplicates: usize,
    acknowledge: Acknowledge,
    dead_letters: Option<DeadLetters>,
    observer: Option<Observer>,
    objects: Objects,
    shutdown_within: Duration,
}

impl Server {
    /// Sets up a server for `target`, which needs a topic and a server name.
    ///
    /// Its exchange is the target's or else the transport's control exchange; namespace and
    /// version of the target play no part, as every endpoint has its own.
    pub fn builder(transport: &Transport, target: Target) -> ServerBuilder {
        ServerBuilder::new(transport, target)
    }
}

impl ServerBuilder {
    fn new(transport: &Transport, target: Target) -> Self {
        Self {
            transport: transport.clone(),
            target,
            endpoints: Vec::new(),
            ping: false,
            workers: WORKERS,
            prefetch: None,
            memory: None,
            panic_texts: false,
            duplicates: DUPLICATES,
            acknowledge: Acknowledge::Early,
            dead_letters: None,
            observer: None,
            objects: Objects::default(),
            shutdown_within: SHUTDOWN_WITHIN,
        }
    }

    /// Serves one more endpoint. The first one of a request's namespace and version that has the
    /// method answers.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Answers `oslo_rpc_server_ping` with `"pong"`, as oslo.messaging does with
    /// `rpc_ping_enabled`; off by default.
    pub fn ping(mut self, ping: bool) -> Self {
        self.ping = ping;
        self
    }

    /// How many handlers run at once; 64 by default, and at least 1.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Sets what the configuration says: as many [`workers`](Self::workers) as the `executor_thread_pool_size` of
    /// `[DEFAULT]`, and [`ping`](Self::ping) by its `rpc_ping_enabled`. What it does not say stays as it is. With the
    /// feature `config`.
    #[cfg(feature = "config")]
    pub fn config(mut self, config: &Config) -> Self {
        let messaging = config.messaging();
        self.workers = messaging.workers.unwrap_or(self.workers);
        self.ping = messaging.ping.unwrap_or(self.ping);
        self
    }

    /// How many messages the broker may hand over that are not acknowledged, for each of the
    /// server's three queues (topic, server, fanout); on `memory://` for all of them together.
    /// Times the size of a body, this bounds the memory that waiting requests take.
    ///
    /// With [`Acknowledge::Early`] these are the messages that no handler has started. The default
    /// is the transport's `rabbit_qos_prefetch_count` if that is above 0, else 128. A 0 here is
    /// that option too, but 1024 if it is 0 and on `memory://`.
    ///
    /// With [`Acknowledge::Late`] they are those that are being executed or answered, too. The
    /// default is then the number of workers, and so is the least: fewer would leave workers idle.
    pub fn prefetch(mut self, prefetch: u16) -> Self {
        self.prefetch = Some(prefetch);
        self
    }

    /// How much memory, in bytes, the messages that are with the server may take; without a limit for those that wait
    /// and 256 MiB for those in work, unless set.
    ///
    /// Half of it is for messages that wait for a worker: [`prefetch`](Self::prefetch) is lowered so that three full
    /// queues of bodies as large as the option `max_body` fit into it, to no less than 1. With the defaults of both,
    /// 12 GiB lower nothing; to have many small messages on little memory, lower `max_body` as well.
    ///
    /// A quarter is for requests that are executed, counted as they are once they are decompressed and their values found,
    /// and a quarter for replies on their way, of which those whose queue is missing take a quarter at most, or are dropped.
    /// A request that finds no room waits, and those behind it that take long to read, too; a worker waits with its reply.
    /// What is larger than all of it is there alone. Up to 64 KiB each, nothing is counted: there are no more of those
    /// than workers and 1,024 replies. Nor is what methods make of their arguments.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Whether callers are told what a panic of a method said; off by default, as it can be secret. They get a
    /// `RuntimeError` that names the method, and the log has the text, under the target `rpc_runtime::panics`.
    pub fn panic_texts(mut self, told: bool) -> Self {
        self.panic_texts = told;
        self
    }

    /// How many request ids are remembered so that a repeated message is executed once; 65,536 by
    /// default, 0 for none.
    ///
    /// A sender repeats a message when it lost the confirm of the first one, so the window has to
    /// hold what the server takes between the two, over a reconnect. It is one for all queues of
    /// the server, lasts as long as the server, and has no limit of time: a repeat that comes after
    /// so many other requests is executed again. A UUID, which Python and this send, takes about 75 bytes:
    /// some 5 MB for a full window. Any other id takes its length more, which is 255 bytes at most.
    pub fn duplicate_window(mut self, ids: usize) -> Self {
        self.duplicates = ids;
        self
    }

    /// When a request is taken from its queue for good: before its execution, which is the default,
    /// or after it.
    pub fn acknowledge(mut self, acknowledge: Acknowledge) -> Self {
        self.acknowledge = acknowledge;
        self
    }

    /// Puts messages aside that were delivered too often or cannot be decoded; by default requests
    /// are redelivered for as long as their queue does it, and what cannot be decoded is dropped. A
    /// classic queue has no limit. A quorum queue has the one of `rabbit_quorum_delivery_limit`, or 20
    /// since RabbitMQ 4: then the broker drops the request, or has its own dead letters, and the server
    /// warns of it when it gets such a request for the last time.
    pub fn dead_letters(mut self, dead_letters: DeadLetters) -> Self {
        self.dead_letters = Some(dead_letters);
        self
    }

    /// Is told of every request before its handler runs: for logs and counters. It runs in the
    /// server's one receiving task, so it must be quick.
    pub fn on_request(mut self, observer: impl Fn(&RequestInfo<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Writes objects in results in the versions that `pin` has at that moment, at most: see
    /// [`VersionPin::set_objects`]. Its version of requests plays no part. With the feature `objects`; the default is that
    /// they are written in the versions that they have.
    #[cfg(feature = "objects")]
    pub fn object_pin(mut self, pin: impl Into<VersionPin>) -> Self {
        self.objects.pin = Some(pin.into());
        self
    }

    /// Has objects in arguments that are newer than their types made older by `backport`, for example by a
    /// [`Conductor`](crate::Conductor), and executes the request then. With the feature `objects`; by default its caller gets
    /// `IncompatibleObjectVersion`, as that of a request for which it takes longer than `within` gets an error.
    ///
    /// An object is found if the type of its argument holds it, in fields of other objects included. Each one costs one
    /// question, one after the other, within the request's place among the workers.
    #[cfg(feature = "objects")]
    pub fn backport(mut self, backport: impl Backport, within: Duration) -> Self {
        self.objects.backports = Some(Backports::new(backport, within));
        self
    }

    /// How long requests that run may take once a signal has asked a server to stop that [runs](Server::run), before they
    /// are cut off; 25 seconds by default. What [`Server::shutdown`] is told goes for itself.
    pub fn shutdown_within(mut self, within: Duration) -> Self {
        self.shutdown_within = within;
        self
    }

    /// Its target, for logs and errors.
    #[cfg(feature = "service")]
    pub(crate) fn who(&self) -> String {
        printable(&self.target.to_string())
    }

    /// Declares the queues and starts to consume. To await the builder itself does the same.
    ///
    /// # Errors
    /// [`ServerError`]: an address without topic or server or with a word `*` or `#` in one, no endpoint, two endpoints
    /// of which one could never answer, or queues that cannot be declared.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves no server.
    pub async fn start(self) -> Result<Server, ServerError> {
        if self.target.topic().is_empty() {
            return Err(ServerError::NoTopic);
        }
        if self.target.server().is_none_or(str::is_empty) {
            return Err(ServerError::NoServer { topic: self.target.topic().to_owned() });
        }
        let dead_letters = self.dead_letters.as_ref();
        let dead_letters = dead_letters.map(|dead_letters| dead_letters.topic_for(self.target.topic()));
        let names = [
            ("topic", self.target.topic()),
            ("server", self.target.server().unwrap_or_default()),
            ("topic of dead letters", dead_letters.as_deref().unwrap_or_default()),
        ];
        for (part, name) in names {
            check_words(part, name).map_err(|why| ServerError::Name { why })?;
        }
        self.check_abilities().map_err(|unable| ServerError::Unable { why: unable.to_string() })?;
        let prefetch = self.prefetch_for_start();
        Server::start(Setup {
            endpoints: Endpoints::new(self.endpoints, self.ping, self.objects)?,
            listen: ListenOptions { prefetch, dead_letters },
            transport: self.transport,
            target: self.target,
            workers: self.workers,
            duplicates: self.duplicates,
            acknowledge: self.acknowledge,
            dead_letters: self.dead_letters,
            observer: self.observer,
            memory: self.memory.map_or(MEMORY, |bytes| bytes / 2),
            panics: Panics { told: self.panic_texts },
            shutdown_within: self.shutdown_within,
        })
        .await
    }

    /// Whether the bus can do what is asked for.
    fn check_abilities(&self) -> Result<(), Unable> {
        use Ability::{Counts, DeadLetters, Requeues, Stores};
        let late = self.acknowledge == Acknowledge::Late;
        if late {
            self.transport.check("Acknowledge::Late", &[Stores, Requeues])?;
        }
        match self.dead_letters {
            Some(_) if late => self.transport.check("DeadLetters", &[DeadLetters, Counts]),
            Some(_) => self.transport.check("DeadLetters", &[DeadLetters]),
            None => Ok(()),
        }
    }

    /// What is asked for, else what suits the acknowledgement; 0 leaves it to the driver.
    fn prefetch_for_start(&self) -> u16 {
        let asked = self.prefetch_for_workers();
        let Some(bytes) = self.memory else { return asked };
        let fits = bytes / 2 / QUEUES / self.transport.limits().max_body.max(1);
        let fits = u16::try_from(fits.max(1)).unwrap_or(u16::MAX);
        // 0 is no limit.
        if asked == 0 { fits } else { asked.min(fits) }
    }

    fn prefetch_for_workers(&self) -> u16 {
        let asked = self.prefetch.or(self.transport.prefetch());
        match self.acknowledge {
            Acknowledge::Early => asked.unwrap_or(PREFETCH),
            Acknowledge::Late if asked == Some(0) => 0,
            Acknowledge::Late => {
                let workers = u16::try_from(self.workers).unwrap_or(u16::MAX);
                asked.map_or(workers, |asked| asked.max(workers))
            }
        }
    }
}

impl IntoFuture for ServerBuilder {
    type Output = Result<Server, ServerError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.start().boxed()
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("target", &self.target)
            .field("endpoints", &self.endpoints)
            .field("ping", &self.ping)
            .field("workers", &self.workers)
            .field("prefetch", &self.prefetch)
            .field("memory", &self.memory)
            .field("panic_texts", &self.panic_texts)
            .field("duplicates", &self.duplicates)
            .field("acknowledge", &self.acknowledge)
            .field("dead_letters", &self.dead_letters)
            .field("shutdown_within", &self.shutdown_within)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::Interface;
    use crate::server::{Dispatch, Incoming, Outcome};
    use crate::transport::abilities::Abilities;
    use crate::transport::stub::Stub;
    use crate::version::Version;

    static INTERFACE: Interface = Interface::new("Nothing", "topic", Version::new(1, 0), &[]);

    struct Nothing;

    impl Dispatch for Nothing {
        async fn dispatch(&self, incoming: Incoming) -> Outcome {
            incoming.unknown()
        }
    }

    fn prefetch(set: impl FnOnce(ServerBuilder) -> ServerBuilder) -> u16 {
        let target = Target::new("topic").with_server("server");
        set(Server::builder(&Transport::recording().0, target)).prefetch_for_start()
    }

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let target = Target::new("topic").with_server("server");
        let builder = Server::builder(&Transport::recording().0, target);
        assert_eq!((builder.workers, builder.duplicates), (64, 65_536));
        assert_eq!(builder.prefetch_for_start(), 128);
    }

    #[cfg(feature = "config")]
    #[test]
    fn a_configuration_says_how_many_workers_there_are_and_whether_pings_are_answered() {
        let configured = |variables: &[(&str, &str)]| {
            let config = Config::builder().environment(variables.iter().copied()).read().unwrap();
            let target = Target::new("topic").with_server("server");
            let builder =
                Server::builder(&Transport::recording().0, target).ping(true).workers(2).config(&config);
            (builder.workers, builder.ping)
        };
        assert_eq!(configured(&[]), (2, true));
        let workers = ("OS_DEFAULT__EXECUTOR_THREAD_POOL_SIZE", "7");
        assert_eq!(configured(&[workers, ("OS_DEFAULT__RPC_PING_ENABLED", "no")]), (7, false));
    }

    #[test]
    fn a_late_server_is_given_a_message_for_each_worker() {
        let late = |builder: ServerBuilder| builder.acknowledge(Acknowledge::Late).workers(200);
        assert_eq!(prefetch(late), 200);
        assert_eq!(prefetch(|builder| late(builder).prefetch(1)), 200);
        assert_eq!(prefetch(|builder| late(builder).prefetch(1000)), 1000);
        assert_eq!(prefetch(|builder| late(builder).prefetch(0)), 0);
        assert_eq!(prefetch(|builder| late(builder).workers(usize::MAX)), u16::MAX);
    }

    #[test]
    fn an_early_one_is_given_what_it_asks_for() {
        assert_eq!(prefetch(|builder| builder), PREFETCH);
        assert_eq!(prefetch(|builder| builder.workers(200).prefetch(1)), 1);
    }

    #[test]
    fn memory_lowers_it() {
        let fitting = |bytes: usize| 2 * QUEUES * bytes * (16 << 20);
        for (bytes, expected) in [(0, 1), (fitting(5), 5), (fitting(6) - 1, 5), (fitting(1000), PREFETCH)] {
            assert_eq!(prefetch(|builder| builder.memory(bytes)), expected);
        }
        let late = |builder: ServerBuilder| builder.acknowledge(Acknowledge::Late).memory(fitting(5));
        assert_eq!(prefetch(late), 5);
        assert_eq!(prefetch(|builder| late(builder).prefetch(0)), 5);
    }

    #[tokio::test]
    async fn names_that_stand_for_others_are_refused() {
        let transport = Transport::connect("memory://").await.unwrap();
        for (target, dead, part) in [
            (Target::new("a.*").with_server("s"), "d", "the topic \"a.*\""),
            (Target::new("a").with_server("#"), "d", "the server \"#\""),
            (Target::new("a").with_server("s"), "*.d", "the topic of dead letters \"*.d\""),
        ] {
            let builder = Server::builder(&transport, target).endpoint(Endpoint::new(&INTERFACE, Nothing));
            let refused = builder.dead_letters(DeadLetters::new().topic(dead)).start().await.unwrap_err();
            assert!(refused.to_string().starts_with(part), "{refused}");
        }
    }

    #[tokio::test]
    async fn what_the_bus_cannot_do_is_refused_before_anything_is_declared() {
        let refused = async |abilities, set: fn(ServerBuilder) -> ServerBuilder| {
            let transport = Transport::for_tests(Stub::able(abilities));
            let endpoint = Endpoint::new(&INTERFACE, Nothing);
            let target = Target::new("topic").with_server("server");
            set(Server::builder(&transport, target).endpoint(endpoint)).start().await.unwrap_err().to_string()
        };
        let late: fn(ServerBuilder) -> ServerBuilder = |builder| builder.acknowledge(Acknowledge::Late);
        let dead: fn(ServerBuilder) -> ServerBuilder = |builder| builder.dead_letters(DeadLetters::new());
        let both: fn(ServerBuilder) -> ServerBuilder =
            |builder| builder.acknowledge(Acknowledge::Late).dead_letters(DeadLetters::new());
        let all = Abilities::ALL;
        for (abilities, set, why) in [
            (
                Abilities { stores: false, ..all },
                late,
                "Acknowledge::Late cannot be had over the stub, which does not keep messages",
            ),
            (
                Abilities { requeues: false, ..all },
                late,
                "Acknowledge::Late cannot be had over the stub, which does not take messages back",
            ),
            (
                Abilities { dead_letters: false, ..all },
                dead,
                "DeadLetters cannot be had over the stub, which does not keep dead letters",
            ),
            (
                Abilities { counts: false, ..all },
                both,
                "DeadLetters cannot be had over the stub, which does not count deliveries",
            ),
            // Nothing of it is needed.
            (Abilities { counts: false, ..all }, dead, "it moves nothing"),
            (Abilities { requeues: false, ..all }, |builder| builder, "it moves nothing"),
        ] {
            assert_eq!(refused(abilities, set).await, why);
        }
    }
}
