//! Redis as it is asked: one connection at a time, made anew when it is lost, and each question with a deadline.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::commands::Commands;
use super::connection::Connection;
use super::error::RedisError;
use super::options::RedisOptions;
use super::reply::Reply;
use crate::clock::after;
use crate::error::Fault;
use crate::lock::lock;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::text::printable;

/// How long an answer may take, with all that has to be done for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A Redis that may be there or not.
#[derive(Debug)]
pub(super) struct Client {
    options: RedisOptions,
    kept: Mutex<Option<Connection>>,
    /// The last trouble that was logged, until it is over.
    trouble: std::sync::Mutex<Option<String>>,
    log: RareLog,
}

impl Client {
    pub(super) fn new(options: RedisOptions) -> Self {
        Self { options, kept: Mutex::default(), trouble: std::sync::Mutex::default(), log: RareLog::few(FEW) }
    }

    pub(super) fn options(&self) -> &RedisOptions {
        &self.options
    }

    /// What is said of an error to users.
    pub(super) fn fault(&self, error: &RedisError) -> Fault {
        error.fault(&self.options.at)
    }

    /// Until when something that begins now has to be answered.
    pub(super) fn deadline() -> Instant {
        after(PATIENCE)
    }

    /// The replies to all commands, one of each. Others wait meanwhile, each until its own deadline.
    ///
    /// The commands may be sent twice.
    pub(super) async fn ask(&self, commands: &Commands, deadline: Instant) -> Result<Vec<Reply>, RedisError> {
        let asked = timeout_at(deadline, self.ask_somehow(commands)).await;
        let replies = asked.unwrap_or(Err(RedisError::Silent(PATIENCE)));
        self.report(replies.as_ref().err());
        replies
    }

    async fn ask_somehow(&self, commands: &Commands) -> Result<Vec<Reply>, RedisError> {
        let mut kept = self.kept.lock().await;
        // Taken out, so that one that is given up in the middle of a reply is not used again.
        if let Some(mut connection) = kept.take() {
            match connection.ask(commands).await {
                Ok(replies) => {
                    *kept = Some(connection);
                    return Ok(replies);
                }
                // Redis closes what was idle, and its restart does.
                Err(RedisError::Lost(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let mut connection = Connection::open(&self.options).await?;
        let replies = connection.ask(commands).await?;
        *kept = Some(connection);
        Ok(replies)
    }

    /// Logs what is news.
    fn report(&self, error: Option<&RedisError>) {
        let said = error.map(|error| printable(&error.to_string()));
        let before = std::mem::replace(&mut *lock(&self.trouble), said.clone());
        let at = &self.options.at;
        match &said {
            Some(why) if before.as_ref() != Some(why) => rarely!(self.log, warn, "Redis at {at} {why}"),
            None if before.is_some() => rarely!(self.log, info, "Redis at {at} answers again"),
            _ => {}
        }
    }
}
