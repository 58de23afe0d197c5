//! Starting a Python process.

use std::marker::PhantomData;
use std::path::Path;

use anyhow::{Result, ensure};
use tokio::process::Command;

use crate::peer::Peer;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// An environment of Python that `tests/run` makes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Environment {
    /// The variable that names its interpreter.
    variable: &'static str,
    /// Where else that is.
    made: &'static str,
}

/// With the newest oslo.messaging.
const NEWEST: Environment = Environment {
    variable: "RPC_TEST_PYTHON",
    made: concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python"),
};

/// With oslo.messaging 8, the last that has ZeroMQ.
pub(super) const OSLO8: Environment = Environment {
    variable: "RPC_TEST_OSLO8",
    made: concat!(env!("CARGO_MANIFEST_DIR"), "/.oslo8/bin/python"),
};

/// With oslo.messaging 14, the last that has AMQP 1.0, and Proton.
pub(super) const AMQP1: Environment = Environment {
    variable: "RPC_TEST_AMQP1",
    made: concat!(env!("CARGO_MANIFEST_DIR"), "/.amqp1/bin/python"),
};

/// Python with oslo.messaging: the interpreter `RPC_TEST_PYTHON`, or else that of the environment which `tests/run`
/// makes.
pub fn python() -> Result<Command> {
    interpreter(NEWEST)
}

fn interpreter(Environment { variable, made }: Environment) -> Result<Command> {
    let interpreter = match std::env::var_os(variable) {
        Some(interpreter) => interpreter,
        None => {
            ensure!(
                Path::new(made).exists(),
                "this needs Python with oslo.messaging: tests/run makes {made}"
            );
            made.into()
        }
    };
    let mut command = Command::new(interpreter);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    // A third of the time that Python takes to begin, for names that nobody asks.
    command.env("EVENTLET_NO_GREENDNS", "yes");
    Ok(command)
}

/// One of the scripts, without arguments.
pub(super) fn script(name: &str) -> Result<Command> {
    script_of(NEWEST, name)
}

/// Python with Proton.
pub(crate) fn proton() -> Result<Command> {
    interpreter(AMQP1)
}

/// The router, without arguments.
pub(crate) fn router_script() -> Result<Command> {
    script_of(AMQP1, "amqp1_router.py")
}

fn script_of(environment: Environment, name: &str) -> Result<Command> {
    let mut command = interpreter(environment)?;
    command.arg(format!("{SCRIPTS}/{name}"));
    Ok(command)
}

/// A peer that is yet to be started; `T` is what it becomes.
#[derive(Debug)]
pub struct PeerBuilder<T> {
    script: &'static str,
    args: Vec<String>,
    environment: Environment,
    in_own_group: bool,
    becomes: PhantomData<T>,
}

impl<T: From<Peer>> PeerBuilder<T> {
    pub(super) fn new(script: &'static str, url: &str) -> Self {
        let args = Vec::new();
        let builder = Self { script, args, environment: NEWEST, in_own_group: false, becomes: PhantomData };
        builder.arg("--url", url)
    }

    pub(super) fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    pub(super) fn arg(mut self, name: &str, value: &str) -> Self {
        self.args.push(format!("{name}={value}"));
        self
    }

    pub(super) fn flag(mut self, name: &str) -> Self {
        self.args.push(name.to_owned());
        self
    }

    /// Lets exceptions of a Python module be raised in the peer (`allowed_remote_exmods`).
    #[must_use]
    pub fn allow(self, module: &str) -> Self {
        self.arg("--allow", module)
    }

    /// Sets an option of oslo.config, `[GROUP/]NAME=VALUE`; the group is
    /// `oslo_messaging_rabbit` unless given.
    #[must_use]
    pub fn option(self, option: &str) -> Self {
        self.arg("--option", option)
    }

    /// Makes it the leader of a process group of its own, as a service that is started is.
    #[must_use]
    pub fn in_own_group(mut self) -> Self {
        self.in_own_group = true;
        self
    }

    /// Starts the process and returns once it is ready.
    pub async fn start(self) -> Result<T> {
        let mut command = script_of(self.environment, self.script)?;
        command.args(&self.args);
        if self.in_own_group {
            command.process_group(0);
        }
        Peer::start(self.script, command).await.map(T::from)
    }
}
