//! The agent: its configuration, its process, and the file that it writes.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use rpc_tests::{Program, Vhost, until};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// Where `tests/run` installs it.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.agents/bin/ceilometer-agent-notification");

/// How many kinds of events it has a queue for: one for each priority.
const QUEUES: usize = 7;

/// ceilometer's notification agent, as an operator would run it: it makes an event of each notification, and writes it into
/// a file.
pub(crate) struct Agent {
    program: Program,
    files: TempDir,
}

/// An event of ceilometer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Event {
    pub(crate) message_id: String,
    pub(crate) event_type: String,
    /// When it was sent.
    pub(crate) generated: String,
    traits: Vec<Trait>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Trait {
    name: String,
    /// The number of its type.
    dtype: u8,
    value: Value,
}

impl Agent {
    /// Starts it for two exchanges and returns once it consumes: what a priority has none for waits, and what nobody has
    /// bound a queue for is lost.
    pub(crate) async fn start(vhost: &Vhost) -> Result<Self> {
        ensure!(PathBuf::from(PROGRAM).exists(), "there is no {PROGRAM}: tests/run agents installs it");
        let files = tempfile::tempdir()?;
        let path = |name: &str| files.path().join(name).display().to_string();
        std::fs::write(path("pipeline.yaml"), pipeline(&path("events")))?;
        std::fs::write(path("agent.conf"), configuration(&vhost.url(), &path("pipeline.yaml")))?;
        let args = ["--config-file", &path("agent.conf"), "--log-file", &path("log")];
        let program = Program::start_whole(PROGRAM, args)?;
        let agent = Self { program, files };
        let consuming = until("the agent consumes from its queues", async || {
            let queues = vhost.queues().await?;
            Ok((queues.iter().filter(|queue| queue.consumers == 1).count() == QUEUES).then_some(()))
        });
        consuming.await.with_context(|| agent.log())?;
        Ok(agent)
    }

    /// The events that it has made, by message id, as soon as there are so many.
    pub(crate) async fn events(&self, count: usize) -> Result<Vec<Event>> {
        let events = until("the agent writes its events", async || {
            let text = self.read("events");
            let lines: Vec<_> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect();
            (lines.len() >= count)
                .then(|| lines.iter().map(|line| Ok(serde_json::from_str::<Event>(line)?)).collect())
                .transpose()
        });
        events.await.with_context(|| self.log())
    }

    /// Stops it in an orderly way.
    pub(crate) async fn stop(self) -> Result<()> {
        self.program.terminate()?;
        self.program.end().await?;
        Ok(())
    }

    fn read(&self, name: &str) -> String {
        // What it has not written yet is empty.
        std::fs::read_to_string(self.files.path().join(name)).unwrap_or_default()
    }

    fn log(&self) -> String {
        format!("the log of the agent:\n{}", self.read("log"))
    }
}

impl Event {
    /// Its traits by name, with the number of their type.
    pub(crate) fn traits(&self) -> Vec<(&str, u8, &Value)> {
        let mut traits: Vec<_> =
            self.traits.iter().map(|found| (&*found.name, found.dtype, &found.value)).collect();
        traits.sort_by_key(|(name, ..)| *name);
        traits
    }
}

fn configuration(url: &str, pipeline: &str) -> String {
    format!(
        "[DEFAULT]
transport_url = {url}
event_pipeline_cfg_file = {pipeline}
[notification]
pipelines = event
messaging_urls = {url}
notification_control_exchanges = openstack
notification_control_exchanges = cinder
batch_size = 5
batch_timeout = 1
"
    )
}

fn pipeline(file: &str) -> String {
    format!(
        "sources:
  - name: all
    events: ['*']
    sinks: [file]
sinks:
  - name: file
    publishers: ['file://{file}?json=true']
"
    )
}
