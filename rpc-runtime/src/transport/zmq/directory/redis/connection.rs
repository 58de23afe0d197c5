//! One connection to Redis.

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::commands::Commands;
use super::error::RedisError;
use super::options::{Login, RedisOptions};
use super::reply::{Reply, read};
use crate::transport::zmq::peer::undelayed;

/// A connection that is logged in and has its database.
#[derive(Debug)]
pub(super) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(super) async fn open(options: &RedisOptions) -> Result<Self, RedisError> {
        let RedisOptions { at, login: Login { user, password }, database, .. } = options;
        let stream = TcpStream::connect((at.host(), at.port())).await.and_then(undelayed);
        let mut connection =
            Self(BufReader::new(stream.map_err(|error| RedisError::Connect(error.to_string()))?));
        if !password.is_empty() {
            let words: &[&[u8]] = match user.as_str() {
                "" => &[b"AUTH", password.as_bytes()],
                user => &[b"AUTH", user.as_bytes(), password.as_bytes()],
            };
            connection.begin(words).await?;
        }
        if *database != 0 {
            connection.begin(&[b"SELECT", database.to_string().as_bytes()]).await?;
        }
        Ok(connection)
    }

    /// What has to work before anything else can.
    async fn begin(&mut self, words: &[&[u8]]) -> Result<(), RedisError> {
        let replies = self.ask(&Commands::one(words)).await?;
        for reply in replies {
            reply.ok().map_err(|error| match error {
                RedisError::Refused(text) => RedisError::Login(text),
                other => other,
            })?;
        }
        Ok(())
    }

    /// The replies to all commands. After an error, or dropped before it is done, the connection is of no more use.
    pub(super) async fn ask(&mut self, commands: &Commands) -> Result<Vec<Reply>, RedisError> {
        self.0.write_all(commands.bytes()).await.map_err(|error| RedisError::lost(&error))?;
        let mut replies = Vec::with_capacity(commands.count());
        for _ in 0..commands.count() {
            replies.push(read(&mut self.0).await?);
        }
        Ok(replies)
    }
}
