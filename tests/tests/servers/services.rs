//! Services on a real broker, each in a process of its own: signals, systemd, files.

// The tests read what their processes print.
#![allow(clippy::print_stdout)]

use std::future::pending;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use rpc_runtime::config::Config;
use rpc_runtime::prelude::*;
use rpc_runtime::service::{HookError, Hooks, Service};
use rpc_tests::proxy::Proxy;
use rpc_tests::{Broker, Program, Vhost, run, until};
use tempfile::TempDir;

use super::{connect, vhost};

/// In the process of a service: the folder of its files, and what its manager does.
const FOLDER: &str = "RPC_TEST_FOLDER";
const MANAGER: &str = "RPC_TEST_MANAGER";

#[rpc_manager(client = BankApi, topic = "bank", version = "1.0")]
pub trait BankManager {
    /// Takes until the test says so.
    #[rpc(call)]
    async fn count(&self, ctx: Context) -> Result<u64, RemoteError>;

    /// Asks the vault.
    #[rpc(call)]
    async fn ask(&self, ctx: Context) -> Result<bool, RemoteError>;
}

#[rpc_manager(client = VaultApi, topic = "vault", version = "1.1", aliases(old = "1.0", new = "1.1"))]
pub trait VaultManager {
    /// Whether it was asked in the new way.
    #[rpc(call)]
    async fn open(
        &self,
        ctx: Context,
        #[arg(since = "1.1", old = drop)] new: Option<bool>,
    ) -> Result<bool, RemoteError>;
}

struct Vault;

impl VaultManager for Vault {
    async fn open(&self, _: Context, new: Option<bool>) -> Result<bool, RemoteError> {
        Ok(new.is_some())
    }
}

/// The manager of the service.
struct Bank {
    manager: String,
    folder: PathBuf,
    transport: Transport,
    vault: VaultApi,
}

impl BankManager for Bank {
    async fn count(&self, _: Context) -> Result<u64, RemoteError> {
        println!("counting");
        while !self.folder.join("go").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(42)
    }

    async fn ask(&self, ctx: Context) -> Result<bool, RemoteError> {
        Ok(self.vault.open(&ctx, Some(true)).await?)
    }
}

impl Hooks for Bank {
    async fn init_host(&self) -> Result<(), HookError> {
        println!("init_host");
        match &*self.manager {
            "hangs" => pending().await,
            // Comes to its servers when the broker is away.
            "waits" => {
                let mut watch = self.transport.watch();
                watch.wait_for(|status| !status.is_ready()).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn pre_start_hook(&self) -> Result<(), HookError> {
        println!("pre_start_hook");
        Ok(())
    }

    async fn reset(&self) -> Result<(), HookError> {
        println!("reset");
        Ok(())
    }

    async fn cleanup_host(&self) -> Result<(), HookError> {
        println!("cleanup_host");
        Ok(())
    }
}

/// What the process of the service does.
async fn serve(folder: PathBuf) {
    let config = Config::builder().file(folder.join("bank.conf")).read().unwrap();
    let transport = Transport::from_config(&config).await.unwrap();
    let vault = VaultApi::new(&transport).pinned(config.pin("vault", &VaultApi::INTERFACE).unwrap());
    let manager = env::var(MANAGER).unwrap();
    let bank = Arc::new(Bank { manager, folder, transport: transport.clone(), vault });
    let server = BankApi::serve(&transport, "host1", Arc::clone(&bank)).config(&config);
    let ended = Service::builder("bank").config(&config).manager(bank).server(server).run().await;
    println!("the run: {:?}", ended.map_err(|error| error.to_string()));
}

/// The process of a service, and what its systemd hears.
struct Unit {
    program: Program,
    folder: TempDir,
    systemd: UnixDatagram,
}

impl Unit {
    /// Starts the process that runs the same test; `options` are those of `[DEFAULT]` and what follows it.
    fn start(test: &str, manager: &str, url: &str, options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let systemd = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        systemd.set_nonblocking(true).unwrap();
        write(folder.path(), url, options);
        let tests = env::current_exe().unwrap();
        let args = [&*format!("services::{test}"), "--exact", "--nocapture"];
        let notify = folder.path().join("notify");
        let environment = [
            (FOLDER, folder.path().to_str().unwrap()),
            (MANAGER, manager),
            ("NOTIFY_SOCKET", notify.to_str().unwrap()),
        ];
        let program = Program::start_with(tests.to_str().unwrap(), args, &environment).unwrap();
        Self { program, folder, systemd }
    }

    /// Waits until systemd hears something that begins so.
    async fn says(&self, state: &str) {
        until(state, async || {
            let mut buffer = [0; 256];
            match self.systemd.recv(&mut buffer) {
                Ok(length) => {
                    let heard = String::from_utf8_lossy(&buffer[..length]).into_owned();
                    anyhow::ensure!(heard.starts_with(state), "{heard} and not {state}");
                    Ok(Some(()))
                }
                Err(_) => Ok(None),
            }
        })
        .await
        .unwrap();
    }
}

fn write(folder: &Path, url: &str, options: &str) {
    let text = format!("[DEFAULT]\ntransport_url = {url}\n{options}\n");
    fs::write(folder.join("bank.conf"), text).unwrap();
}

/// Whether this is the process of the service; then it has served.
fn served() -> bool {
    match env::var_os(FOLDER) {
        Some(folder) => {
            run(serve(folder.into()));
            true
        }
        None => false,
    }
}

/// A service that has a call in work, and that call.
async fn at_work(
    test: &str,
    vhost: &Vhost,
    options: &str,
) -> (Unit, tokio::task::JoinHandle<Result<u64, String>>) {
    let mut unit = Unit::start(test, "works", &vhost.url(), options);
    unit.says("READY=1").await;
    let api = BankApi::new(&connect(vhost, "").await);
    let counting =
        tokio::spawn(async move { api.count(&Context::request()).await.map_err(|error| error.to_string()) });
    unit.program.line_with("counting").await.unwrap();
    (unit, counting)
}

#[test]
fn sigterm_lets_a_call_finish_and_systemd_hears_of_it() {
    if served() {
        return;
    }
    run(async {
        let vhost = vhost("service-sigterm").await;
        let test = "sigterm_lets_a_call_finish_and_systemd_hears_of_it";
        let (unit, counting) = at_work(test, &vhost, "").await;
        unit.program.terminate().unwrap();
        unit.says("STOPPING=1").await;
        fs::write(unit.folder.path().join("go"), "").unwrap();
        assert_eq!(counting.await.unwrap(), Ok(42));
        let lines = unit.program.success().await.unwrap();
        let printed = ["pre_start_hook", "counting", "cleanup_host", "the run: Ok(())"];
        assert!(lines.windows(4).any(|lines| lines == printed), "{lines:?}");
    });
}

#[test]
fn a_second_signal_ends_a_stop() {
    if served() {
        return;
    }
    run(async {
        let vhost = vhost("service-second").await;
        let (unit, counting) =
            at_work("a_second_signal_ends_a_stop", &vhost, "graceful_shutdown_timeout = 0").await;
        unit.program.terminate().unwrap();
        unit.says("STOPPING=1").await;
        unit.program.terminate().unwrap();
        let (status, lines) = unit.program.end().await.unwrap();
        assert_eq!(status.code(), Some(143), "{lines:?}");
        counting.abort();
    });
}

#[test]
fn what_takes_longer_than_the_file_allows_is_cut_off() {
    if served() {
        return;
    }
    run(async {
        let vhost = vhost("service-limit").await;
        let test = "what_takes_longer_than_the_file_allows_is_cut_off";
        let (unit, counting) = at_work(test, &vhost, "graceful_shutdown_timeout = 1").await;
        unit.program.interrupt().unwrap();
        let error = counting.await.unwrap().unwrap_err();
        assert!(error.contains("was stopped before count() finished"), "{error}");
        let lines = unit.program.success().await.unwrap();
        let run = "the run: Err(\"cut off, as it had not finished in time: handlers: 1\")".to_owned();
        assert!(lines.contains(&run), "{lines:?}");
        assert!(lines.contains(&"cleanup_host".to_owned()), "{lines:?}");
    });
}

#[test]
fn sighup_moves_pins() {
    if served() {
        return;
    }
    run(async {
        let vhost = vhost("service-sighup").await;
        let transport = connect(&vhost, "").await;
        let vault = VaultApi::serve(&transport, "host1", Vault).await.unwrap();
        let mut unit =
            Unit::start("sighup_moves_pins", "works", &vhost.url(), "[upgrade_levels]\nvault = old");
        unit.says("READY=1").await;
        let api = BankApi::new(&transport);
        for (level, new) in [("old", false), ("new", true), ("old", false)] {
            write(unit.folder.path(), &vhost.url(), &format!("[upgrade_levels]\nvault = {level}"));
            unit.program.hangup().unwrap();
            unit.says("RELOADING=1\nMONOTONIC_USEC=").await;
            unit.says("READY=1").await;
            unit.program.line_with("reset").await.unwrap();
            assert_eq!(api.ask(&Context::request()).await.unwrap(), new, "{level}");
        }
        unit.program.terminate().unwrap();
        unit.says("STOPPING=1").await;
        unit.program.success().await.unwrap();
        vault.shutdown(Duration::from_secs(5)).await.unwrap();
    });
}

#[test]
fn sigterm_ends_a_start() {
    if served() {
        return;
    }
    run(async {
        let vhost = vhost("service-start").await;
        let mut unit = Unit::start("sigterm_ends_a_start", "hangs", &vhost.url(), "");
        unit.program.line_with("init_host").await.unwrap();
        unit.program.terminate().unwrap();
        let lines = unit.program.success().await.unwrap();
        assert!(lines.contains(&"the run: Ok(())".to_owned()), "{lines:?}");
        // It was never initialised.
        assert!(!lines.contains(&"cleanup_host".to_owned()), "{lines:?}");
    });
}

#[test]
fn sigterm_ends_the_wait_for_a_broker_that_is_away() {
    if served() {
        return;
    }
    run(async {
        let vhost = vhost("service-away").await;
        let proxy = Proxy::start(Broker::shared().unwrap().port()).await.unwrap();
        let url = proxy.through(&vhost.url());
        let mut unit = Unit::start("sigterm_ends_the_wait_for_a_broker_that_is_away", "waits", &url, "");
        unit.program.line_with("init_host").await.unwrap();
        drop(proxy);
        unit.program.line_with("pre_start_hook").await.unwrap();
        unit.program.terminate().unwrap();
        let lines = unit.program.success().await.unwrap();
        assert!(lines.contains(&"cleanup_host".to_owned()), "{lines:?}");
        assert!(lines.contains(&"the run: Ok(())".to_owned()), "{lines:?}");
    });
}
