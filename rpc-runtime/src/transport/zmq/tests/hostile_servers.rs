//! Servers that do what nobody should: it costs the calls to them at most.

use tokio::net::TcpListener;

use super::*;
use crate::transport::zmq::message::Taken;
use crate::transport::zmq::served::{Endpoint as ServedEndpoint, Served};

/// A server by hand that serves `echo` as `b` to whoever connects first.
struct Fake {
    hand: Hand,
}

impl Fake {
    async fn listen(address: &str) -> TcpListener {
        TcpListener::bind(address).await.unwrap()
    }

    async fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        let (sender, heard) = mpsc::unbounded_channel();
        let (peer, connection) =
            peer::accept(stream, ready("by hand"), Heard(sender), &peer::Options::default()).await.unwrap();
        Self { hand: Hand { peer, heard, task: tokio::spawn(connection) } }
    }

    async fn serves(&self, window: u32) {
        let [exchange, topic, server] = ["openstack", "echo", "b"].map(str::to_owned);
        let endpoint = ServedEndpoint { number: 7, exchange, topic, server, window, bytes: 1 << 20 };
        self.hand.says(Message::new(MessageType::Served, "-", Served(vec![endpoint]).written())).await;
    }
}

/// A client that knows an honest server and a place where another one is.
async fn client(honest: &str, other: &str) -> Transport {
    Transport::connect(&format!("zmq://{honest},{other}/")).await.unwrap()
}

fn at(transport: &Transport, server: &str, timeout: Duration) -> Client {
    Client::new(transport, &ECHO).with(CallOptions::new().server(server).timeout(timeout))
}

async fn ask(client: &Client) -> Result<Value, CallError<RemoteError>> {
    echo(client, &json!(1)).await
}

#[tokio::test]
async fn a_call_to_a_server_that_hangs_up_ends_with_it() {
    let (honest, other) = (address(), address());
    let (_transport, _server) = serve(&honest, 4).await;
    let listener = Fake::listen(&other).await;
    let transport = client(&honest, &other).await;
    let mut fake = Fake::accept(&listener).await;
    fake.serves(4).await;
    let at_b = at(&transport, "b", PATIENCE);
    let call = tokio::spawn(async move { ask(&at_b).await });
    let request = fake.hand.hears().await;
    assert_eq!(request.kind, MessageType::Call);
    let taken = Taken { endpoint: 7, up_to: 1 };
    fake.hand.says(Message::new(MessageType::Ack, "-", taken.written())).await;
    drop(fake);
    let error = call.await.unwrap().unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error}");
    assert!(error.to_string().contains("lost"), "{error}");
    // The other one goes on.
    assert_eq!(ask(&at(&transport, "a", PATIENCE)).await.unwrap(), json!(1));
}

#[tokio::test]
async fn what_a_server_takes_and_does_not_answer_is_over_at_its_deadline() {
    let (honest, other) = (address(), address());
    let (_transport, _server) = serve(&honest, 4).await;
    let listener = Fake::listen(&other).await;
    let transport = client(&honest, &other).await;
    let fake = Fake::accept(&listener).await;
    fake.serves(1).await;
    let (one, mut errors) = (json!(1), Vec::new());
    // On a busy machine it may take longer until what the server serves is known.
    for millis in [500, 4000, 16_000] {
        // The first is sent, and what is behind it never is: the window is full.
        let hasty = Duration::from_millis(millis);
        let clients: Vec<_> = (0..5).map(|_| at(&transport, "b", hasty)).collect();
        let outcomes = futures::future::join_all(clients.iter().map(|client| once(client, &one))).await;
        errors = outcomes.into_iter().map(Result::unwrap_err).collect();
        if !errors.iter().any(|error| matches!(error.rpc(), Some(RpcError::Undeliverable { .. }))) {
            break;
        }
    }
    for error in errors {
        assert!(matches!(error.rpc(), Some(RpcError::Timeout { .. })), "{error}");
    }
    assert_eq!(ask(&at(&transport, "a", PATIENCE)).await.unwrap(), json!(1));
}

#[tokio::test]
async fn nonsense_of_a_server_is_nobodys_reply() {
    let (honest, other) = (address(), address());
    let (_transport, _server) = serve(&honest, 4).await;
    let listener = Fake::listen(&other).await;
    let transport = client(&honest, &other).await;
    let mut fake = Fake::accept(&listener).await;
    fake.serves(4).await;
    let at_b = at(&transport, "b", PATIENCE);
    let call = tokio::spawn(async move { ask(&at_b).await });
    let request = fake.hand.hears().await;
    for odd in [
        Message::new(MessageType::Reply, "nobody's", "[1, null]".into()),
        Message::new(MessageType::Refused, "nobody's", "no".into()),
        Message::new(MessageType::Call, "x", "[]".into()),
        Message::new(MessageType::Ack, "-", Taken { endpoint: 3, up_to: 9 }.written()),
        Message::new(MessageType::Ack, "-", Taken { endpoint: 7, up_to: u64::MAX }.written()),
    ] {
        fake.hand.says(odd).await;
    }
    fake.hand.says(Multipart(vec![Bytes::from_static(b"x")])).await;
    fake.hand.says(Message::new(MessageType::Reply, request.id, "[1, null]".into())).await;
    assert_eq!(call.await.unwrap().unwrap(), json!(1));
}

#[tokio::test]
async fn a_server_that_breaks_what_was_agreed_is_hung_up_on() {
    let (honest, other) = (address(), address());
    let (_transport, _server) = serve(&honest, 4).await;
    let listener = Fake::listen(&other).await;
    let transport = client(&honest, &other).await;
    for foul in [
        Message::new(MessageType::Served, "-", "nonsense".into()),
        Message::new(MessageType::Ack, "-", "nonsense".into()),
    ] {
        let fake = Fake::accept(&listener).await;
        fake.serves(4).await;
        fake.hand.says(foul).await;
        assert!(matches!(fake.hand.end().await, End::Left | End::Cut | End::Lost(_)));
        assert_eq!(ask(&at(&transport, "a", PATIENCE)).await.unwrap(), json!(1));
    }
}

/// What a server gives back before it has begun is executed by another one.
#[tokio::test]
async fn what_is_refused_goes_to_another_server() {
    let (honest, other) = (address(), address());
    let listener = Fake::listen(&other).await;
    let transport = client(&honest, &other).await;
    let mut fake = Fake::accept(&listener).await;
    fake.serves(4).await;
    let client = Client::new(&transport, &ECHO).with(CallOptions::new().timeout(PATIENCE));
    let call = tokio::spawn(async move { ask(&client).await });
    let request = fake.hand.hears().await;
    let (_transport, _server) = serve(&honest, 4).await;
    fake.hand.says(Message::new(MessageType::Served, "-", Served::default().written())).await;
    fake.hand.says(Message::new(MessageType::Refused, request.id, "it stops".into())).await;
    assert_eq!(call.await.unwrap().unwrap(), json!(1));
}
