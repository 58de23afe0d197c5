//! Servers that run until a signal comes, each in a process of its own.

// The tests read what their processes print.
#![allow(clippy::print_stdout)]

use std::future::pending;
use std::time::Duration;
use std::{env, thread};

use rpc_runtime::StopReason;
use rpc_runtime::prelude::*;
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Program, run};
use tokio::sync::watch;
use tokio::time::timeout;

/// Set in the process of the server.
const SERVING: &str = "RPC_TEST_SERVING";

#[rpc_manager(topic = "night", version = "1.0")]
pub trait NightManager {
    #[rpc(call)]
    async fn watch(&self, ctx: Context) -> Result<String, RemoteError>;
}

/// What the one handler does that runs when the signal comes.
#[derive(Clone, Copy, PartialEq)]
enum Handler {
    Finishes,
    /// It takes longer than it has.
    Goes,
    /// The only thread of its runtime, for ever.
    Blocks,
}

struct Guard {
    handler: Handler,
    is_asked: watch::Receiver<bool>,
}

impl NightManager for Guard {
    async fn watch(&self, _: Context) -> Result<String, RemoteError> {
        println!("watching");
        self.is_asked.clone().wait_for(|asked| *asked).await.unwrap();
        match self.handler {
            Handler::Finishes => Ok("all is well".to_owned()),
            Handler::Goes => pending().await,
            Handler::Blocks => loop {
                println!("asleep");
                thread::park();
            },
        }
    }
}

/// What the process of the server does: it prints how the call and the run ended.
async fn serve(handler: Handler) {
    let transport = Transport::connect("memory://").await.unwrap();
    let (asked, is_asked) = watch::channel(false);
    let server = NightApi::serve(&transport, "host1", Guard { handler, is_asked });
    let within = if handler == Handler::Goes { Duration::ZERO } else { Duration::MAX };
    let server = server.shutdown_within(within).await.unwrap();
    let stopped = server.stopped();
    tokio::spawn(async move {
        stopped.await;
        asked.send_replace(true);
    });
    let api = NightApi::new(&transport);
    let call = tokio::spawn(async move { api.watch(&Context::new()).await });
    let ended = server.run().await;
    println!("the call: {:?}", call.await.unwrap().map_err(|error| error.to_string()));
    println!("the run: {:?}", ended.map_err(|error| error.to_string()));
    // Standard input ends at once: it is for the tests to say whether the process goes on.
    if env::var(SERVING).is_ok_and(|serving| serving == "and stays") {
        pending().await
    }
}

/// Judges a process in which a server has such a handler, once that runs.
fn served(test: &'static str, handler: Handler, then: &'static str, judge: impl AsyncFnOnce(Program)) {
    if env::var_os(SERVING).is_some() {
        return run(serve(handler));
    }
    run(async {
        let tests = env::current_exe().unwrap();
        let args = [&*format!("running::{test}"), "--exact", "--nocapture"];
        let mut program = Program::start_with(tests.to_str().unwrap(), args, &[(SERVING, then)]).unwrap();
        program.line_with("watching").await.unwrap();
        judge(program).await;
    });
}

#[test]
fn sigterm_lets_handlers_finish() {
    served("sigterm_lets_handlers_finish", Handler::Finishes, "and ends", async |program| {
        program.terminate().unwrap();
        let lines = program.success().await.unwrap();
        assert!(lines.contains(&"the call: Ok(\"all is well\")".to_owned()), "{lines:?}");
        assert!(lines.contains(&"the run: Ok(())".to_owned()), "{lines:?}");
    });
}

#[test]
fn what_takes_too_long_is_cut_off() {
    served("what_takes_too_long_is_cut_off", Handler::Goes, "and ends", async |program| {
        program.interrupt().unwrap();
        let lines = program.success().await.unwrap();
        assert!(lines.iter().any(|line| line.contains("was stopped before watch() finished")), "{lines:?}");
        let cut_off = "the run: Err(\"handlers cut off, as they had not finished in time: 1\")".to_owned();
        assert!(lines.contains(&cut_off), "{lines:?}");
    });
}

#[test]
fn a_second_signal_ends_a_process_that_hangs() {
    served("a_second_signal_ends_a_process_that_hangs", Handler::Blocks, "and ends", async |mut program| {
        program.terminate().unwrap();
        program.line_with("asleep").await.unwrap();
        program.terminate().unwrap();
        let (status, lines) = program.end().await.unwrap();
        assert_eq!(status.code(), Some(143), "{lines:?}");
    });
}

#[test]
fn a_signal_after_the_end_of_all_servers_ends_the_process() {
    let test = "a_signal_after_the_end_of_all_servers_ends_the_process";
    served(test, Handler::Finishes, "and stays", async |mut program| {
        program.interrupt().unwrap();
        program.line_with("the run: Ok(())").await.unwrap();
        program.interrupt().unwrap();
        assert_eq!(program.end().await.unwrap().0.code(), Some(130));
    });
}

#[tokio::test]
async fn a_server_that_stops_by_itself_runs_no_more() {
    let transport = Transport::connect("memory://").await.unwrap();
    let (_asked, is_asked) = watch::channel(false);
    let guard = Guard { handler: Handler::Finishes, is_asked };
    let server = NightApi::serve(&transport, "host1", guard).await.unwrap();
    let running = tokio::spawn(server.run());
    transport.close(PATIENCE).await;
    let error = timeout(PATIENCE, running).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, RunError::Stopped { reason: StopReason::TransportClosed, .. }), "{error}");
}
