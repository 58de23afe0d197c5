//! A transport that records instead of sending, for tests of code that calls and casts.

mod answers;
mod sent;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use tokio::time::Instant;

use self::answers::{Answer, Answers, OfMethod};
pub use self::sent::Sent;
use super::Transport;
use super::abilities::Abilities;
#[cfg(feature = "notifications")]
use super::driver::Route;
use super::driver::{
    Address, Arrival, CLOSED, Delivery, Driver, Forward, History, Labels, ListenOptions, Listener, Outgoing,
    PublishError, PublishFault, ReplyPlace, ReplyQueue, Settle, TakeReply,
};
use super::settings::Settings;
use super::status::ConnectionStatus;
use super::status_watch::{Board, StatusWatch};
use crate::error::{Fault, FaultKind, RemoteError};
use crate::lock::lock;
use crate::wire::{EncodeError, MessageFormat};

/// What the bus and its one connection are called.
const NAME: &str = "recording";

/// The place of its replies, where none ever are.
const REPLIES: &str = "reply_recorded";

impl Transport {
    /// A transport for tests of user code: it records every request instead of sending it.
    ///
    /// Casts succeed at once. Calls get the answer that the [`Recorder`] was told for their method or for all, until then the
    /// exception `rpc_runtime.NotExecuted`. No server can be started on it: `memory://` is for that. Notifications are taken and
    /// not recorded: `notification::TestDriver` is for that.
    ///
    /// ```
    /// use rpc_runtime::{Context, Kind, RemoteError, Transport, rpc_manager};
    ///
    /// #[rpc_manager(client = CounterApi, topic = "counter", version = "1.0")]
    /// pub trait CounterManager {
    ///     #[rpc(call, to = host)]
    ///     async fn add(&self, ctx: Context, host: String, by: u64) -> Result<u64, RemoteError>;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (transport, recorder) = Transport::recording();
    /// recorder.answer(&42)?;
    /// assert_eq!(CounterApi::new(&transport).add(&Context::new(), "host1", 2).await?, 42);
    ///
    /// let sent = &recorder.take()[0];
    /// assert_eq!((sent.kind, sent.method.as_str()), (Kind::Call, "add"));
    /// assert_eq!(sent.target.server(), Some("host1"));
    /// assert_eq!(sent.args["by"], 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn recording() -> (Self, Recorder) {
        let tape = Arc::<Mutex<Tape>>::default();
        let driver = RecordingDriver {
            tape: Arc::clone(&tape),
            take: OnceLock::new(),
            status: Board::new(NAME, NAME, ConnectionStatus::ready(NAME)),
        };
        (Self::new(Arc::new(driver), Settings::default()), Recorder { tape })
    }
}

/// What a [recording transport](Transport::recording) has recorded, and what it answers to calls.
///
/// Clones share both. Requests are kept until they are taken.
#[derive(Clone)]
pub struct Recorder {
    tape: Arc<Mutex<Tape>>,
}

impl Recorder {
    /// The requests since the last time, in the order in which they were sent.
    #[must_use]
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut lock(&self.tape).sent)
    }

    /// Answers every call from now on with this result.
    ///
    /// # Errors
    /// If `result` cannot be written as JSON; the answer stays what it was.
    pub fn answer<T: Serialize + ?Sized>(&self, result: &T) -> Result<(), EncodeError> {
        lock(&self.tape).answers.others = Answer::result(result)?;
        Ok(())
    }

    /// Answers every call from now on with this exception.
    pub fn raise(&self, error: RemoteError) {
        lock(&self.tape).answers.others = Answer::exception(error);
    }

    /// What the calls of one method get, by the name that it is sent by; what is said for every call is for the others.
    ///
    /// ```
    /// # use rpc_runtime::prelude::*;
    /// # #[rpc_manager(topic = "counter", version = "1.0")]
    /// # pub trait CounterManager {
    /// #     #[rpc(call)]
    /// #     async fn add(&self, ctx: Context, by: u64) -> Result<u64, RemoteError>;
    /// #     #[rpc(call)]
    /// #     async fn name(&self, ctx: Context) -> Result<String, RemoteError>;
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (transport, recorder) = Transport::recording();
    /// let (api, ctx) = (CounterApi::new(&transport), Context::new());
    ///
    /// recorder.method("name").answer("apples")?;
    /// recorder.method("add").answer_next(&1)?;
    /// recorder.method("add").raise_next(RemoteError::builtin("OverflowError", "too many"));
    /// recorder.method("add").answer_with(|sent| Ok(sent.args["by"].as_u64()));
    ///
    /// assert_eq!(api.name(&ctx).await?, "apples");
    /// assert_eq!(api.add(&ctx, 7).await?, 1);
    /// assert!(api.add(&ctx, 7).await.is_err());
    /// assert_eq!(api.add(&ctx, 7).await?, 7);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn method(&self, name: impl Into<String>) -> MethodAnswers {
        MethodAnswers { tape: Arc::clone(&self.tape), method: name.into() }
    }
}

/// What the calls of one method are answered; see [`Recorder::method`].
#[derive(Clone)]
pub struct MethodAnswers {
    tape: Arc<Mutex<Tape>>,
    method: String,
}

impl MethodAnswers {
    /// Answers one call with this result: the first that no other such answer is there for.
    ///
    /// # Errors
    /// If `result` cannot be written as JSON; the answers stay what they were.
    pub fn answer_next<T: Serialize + ?Sized>(&self, result: &T) -> Result<(), EncodeError> {
        let answer = Answer::result(result)?;
        self.change(|answers| answers.next.push_back(answer));
        Ok(())
    }

    /// The same with an exception.
    pub fn raise_next(&self, error: RemoteError) {
        self.change(|answers| answers.next.push_back(Answer::exception(error)));
    }

    /// Answers with this result whenever no answer is there for that one call.
    ///
    /// # Errors
    /// If `result` cannot be written as JSON; the answers stay what they were.
    pub fn answer<T: Serialize + ?Sized>(&self, result: &T) -> Result<(), EncodeError> {
        let answer = Answer::result(result)?;
        self.change(|answers| answers.then = Some(answer));
        Ok(())
    }

    /// The same with an exception.
    pub fn raise(&self, error: RemoteError) {
        self.change(|answers| answers.then = Some(Answer::exception(error)));
    }

    /// The same with what this makes of each request. A result that cannot be written as JSON is an exception that says so.
    pub fn answer_with<T: Serialize>(
        &self,
        make: impl Fn(&Sent) -> Result<T, Box<RemoteError>> + Send + Sync + 'static,
    ) {
        self.change(|answers| answers.then = Some(Answer::made_by(make)));
    }

    fn change(&self, change: impl FnOnce(&mut OfMethod)) {
        change(lock(&self.tape).answers.of(&self.method));
    }
}

impl fmt::Debug for MethodAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MethodAnswers").field(&self.method).finish()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorder").field(&lock(&self.tape).sent).finish()
    }
}

#[derive(Default)]
struct Tape {
    sent: Vec<Sent>,
    answers: Answers,
}

struct RecordingDriver {
    tape: Arc<Mutex<Tape>>,
    /// There before the first call.
    take: OnceLock<TakeReply>,
    status: Board,
}

impl RecordingDriver {
    /// Records the message; the reply if it asks for one.
    fn record(&self, message: &Outgoing) -> Result<Option<Delivery>, PublishError> {
        if self.status.is_closed() {
            return Err(PublishFault::Closed.into());
        }
        #[cfg(feature = "notifications")]
        if let Route::Notification { .. } = message.route {
            return Ok(None);
        }
        let (sent, msg_id) = Sent::read(message, self.format())
            .map_err(|why| PublishFault::Unfit(Fault::new(FaultKind::Unusable, why)))?;
        let answer = {
            let mut tape = lock(&self.tape);
            tape.sent.push(sent.clone());
            msg_id.map(|msg_id| (msg_id, tape.answers.take(&sent.method)))
        };
        // Not under the lock: who makes it may look at what was sent before.
        let body = answer.map(|(msg_id, answer)| match answer.to(&sent) {
            Ok(result) => self.format().result(&msg_id, &result),
            Err(error) => self.format().failure(&msg_id, &error),
        });
        Ok(body.map(|body| Delivery {
            body,
            labels: Labels::json(),
            beside: None,
            redelivered: false,
            history: History::default(),
            expires: None,
            queue: REPLIES.into(),
            excess: None,
            settle: Settle::nothing(),
        }))
    }
}

impl Driver for RecordingDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Envelope
    }

    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        let recorded = self.record(&message).map(|answer| {
            if let (Some(answer), Some(take)) = (answer, self.take.get()) {
                take(Arrival::Reply(answer));
            }
        });
        std::future::ready(recorded).boxed()
    }

    fn forward(&self, _: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        let error =
            PublishFault::Unfit(Fault::new(FaultKind::Unusable, "a recording transport has no servers"));
        std::future::ready(Err(error.into())).boxed()
    }

    #[cfg(feature = "notifications")]
    fn declare(&self, _: &Route) -> BoxFuture<'static, Result<(), Fault>> {
        std::future::ready(Ok(())).boxed()
    }

    fn listen(&self, _: Address, _: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        let error = Fault::new(FaultKind::Unusable, "a recording transport has no messages for servers");
        std::future::ready(Err(error)).boxed()
    }

    #[cfg(feature = "notifications")]
    fn consumers(&self, _: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>> {
        std::future::ready(Ok(None)).boxed()
    }

    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        let set = self.take.set(take).map(|()| Arc::new(ReplyQueue(REPLIES.into())) as Arc<dyn ReplyPlace>);
        let set = set.map_err(|_| Fault::new(FaultKind::Unusable, "the replies are consumed already"));
        std::future::ready(set).boxed()
    }

    fn close(&self, _: Instant) -> BoxFuture<'_, ()> {
        self.status.close(CLOSED);
        std::future::ready(()).boxed()
    }

    fn watch(&self) -> StatusWatch {
        self.status.watch()
    }
}

impl fmt::Debug for RecordingDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordingDriver")
    }
}
