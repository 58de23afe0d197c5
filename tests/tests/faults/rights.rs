//! What a user may not do.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use futures::stream::{FuturesUnordered, StreamExt as _};
use rpc_runtime::{
    CallOptions, Context, FaultKind, Reached, RpcError, Server, ServerBuilder, ServerError, Target, Transport,
};
use rpc_tests::campaign::{Lane, Ledger, Scenario, WorkApi, Worker, alone};
use rpc_tests::limits::{PATIENCE, TEST};
use rpc_tests::proxy::Tap;
use rpc_tests::{Broker, Vhost, until};
use tokio::time::{MissedTickBehavior, interval};

use super::{connections, vhost};

/// The exchange that may be declared and not written to.
const FORBIDDEN: &str = "forbidden";
/// How often somebody tries all the same.
const EVERY: Duration = Duration::from_millis(20);
/// How many such attempts there are: for longer than it is remembered at first that they are refused.
const ATTEMPTS: usize = 300;
/// How many channels the first attempts may cost; and there may be another one each second.
const CHANNELS: usize = 10;

/// `channel.open` and the end of its frame.
const OPEN: &[u8] = &[0, 0, 0, 5, 0, 20, 0, 10, 0, 0xce];

/// Each attempt would close the channel that all others are on: it is refused, and they do not notice.
#[test]
fn one_exchange_that_may_not_be_written_to() {
    alone(async || {
        let vhost = vhost("rights").await?;
        let (node, user) = (Broker::shared()?, vhost.name().to_owned());
        node.add_user(&user, "secret").await?;
        vhost.set_permissions(&user, [".*", &format!("^(?!{FORBIDDEN}$)"), ".*"]).await?;
        let url = vhost.url().replace("guest:guest@", &format!("{user}:secret@"));
        let tap = Tap::start(node.port()).await?;
        let lane = Lane::rust("rights").at(&tap.through(&url));
        let scenario = Scenario::start(&vhost, [lane]).await?;
        let connections = connections(&vhost).await?;
        let (before, began) = (said(&tap, OPEN), Instant::now());
        trespass(scenario.lanes()[0].transport()?).await?;
        let (opened, most) = (said(&tap, OPEN) - before, CHANNELS + began.elapsed().as_secs() as usize);
        ensure!(opened <= most, "{ATTEMPTS} attempts in {:?} cost {opened} channels", began.elapsed());
        ensure!(super::connections(&vhost).await? == connections, "a connection was replaced");
        scenario.recovered().await?;
        let tallies = scenario.finish().await;
        node.delete_user(&user).await?;
        let tally = tallies?.remove(0);
        ensure!(tally.not_sent + tally.unclear == 0, "{tally}");
        Ok(())
    });
}

/// How often all connections have said this by now.
fn said(tap: &Tap, words: &[u8]) -> usize {
    let in_one = |said: &Vec<u8>| said.windows(words.len()).filter(|window| *window == words).count();
    tap.said().iter().map(in_one).sum()
}

/// A user of a virtual host whose rights are these, and the URL by which they use it.
async fn user(vhost: &Vhost, name: &str, rights: [&str; 3]) -> Result<(String, String)> {
    // Users are the node's.
    let user = format!("{}-{name}", vhost.name());
    Broker::shared()?.add_user(&user, "secret").await?;
    vhost.set_permissions(&user, rights).await?;
    let url = vhost.url().replace("guest:guest@", &format!("{user}:secret@"));
    Ok((user, url))
}

fn server(transport: &Transport, topic: &str) -> ServerBuilder {
    let worker = WorkApi::endpoint(Worker::new("rust", &Ledger::new("a").into()));
    Server::builder(transport, Target::new(topic).with_server("rust")).endpoint(worker)
}

/// Makes what a server of this topic declares that has a name of its own, as a lane of that name would.
async fn make(vhost: &Vhost, topic: &str) -> Result<()> {
    let administrator = Transport::connect(&format!("{}?control_exchange={topic}", vhost.url())).await?;
    server(&administrator, topic).start().await?.shutdown(PATIENCE).await?;
    administrator.close(PATIENCE).await;
    Ok(())
}

/// Queues that an administrator has made are used as they are.
#[test]
fn a_user_who_may_configure_names_that_are_made_up_alone() {
    alone(async || {
        let vhost = vhost("made").await?;
        make(&vhost, "made").await?;
        let (user, url) = user(&vhost, "made", ["^(reply_|made_fanout)", ".*", ".*"]).await?;
        let tap = Tap::start(Broker::shared()?.port()).await?;
        let lane = Lane::rust("made").at(&tap.through(&url)).option("redeclare_interval=1");
        let scenario = Scenario::start(&vhost, [lane]).await?;
        let connections = connections(&vhost).await?;
        // `queue.declare`, with a name that was not made up.
        let declare = [&[0, 50, 0, 10, 0, 0, 9][..], b"made.rust"].concat();
        let mut declared = said(&tap, &declare);
        ensure!(declared > 0, "the queue of the server is called otherwise");
        for _ in 0..2 {
            declared += 2;
            let again = async || Ok((said(&tap, &declare) >= declared).then_some(()));
            until("everything is declared again", again).await?;
            scenario.recovered().await?;
        }
        ensure!(super::connections(&vhost).await? == connections, "a connection was replaced");
        vhost.close_connections("for the test").await?;
        scenario.recovered().await?;
        let tally = scenario.finish().await.map(drop);
        Broker::shared()?.delete_user(&user).await?;
        tally
    });
}

#[test]
fn a_user_who_may_configure_nothing() {
    alone(async || {
        let vhost = vhost("nothing").await?;
        let administrator = Transport::connect(&vhost.url()).await?;
        let running = server(&administrator, "work").start().await?;
        let (user, url) = user(&vhost, "nothing", ["^$", ".*", ".*"]).await?;
        // Only what fails by itself ends before the test does.
        let transport = Transport::builder(&url)?.response_timeout(TEST).connect().await?;
        let api = WorkApi::new(&transport);
        let one = |api: &WorkApi| api.work(&Context::new(), 0).cast().into_future();
        one(&api.with(CallOptions::new().mandatory(true))).await?;

        let error = api.work(&Context::new(), 0).call().await.unwrap_err().to_string();
        let takes = "takes the right to configure reply_.*: ACCESS_REFUSED";
        ensure!(error.contains(takes), "{error}");
        let refused = server(&transport, "work").start().await;
        let Err(ServerError::Transport(error)) = refused else { panic!("{refused:?}") };
        ensure!(error.to_string().contains("takes the right to configure work_fanout_.*"), "{error}");
        let refused = server(&transport, "absent").start().await;
        let Err(ServerError::Transport(error)) = refused else { panic!("{refused:?}") };
        // Of all that is missing it is what was asked for first.
        ensure!(error.to_string().contains("takes the right to configure absent"), "{error}");

        // It may be heard of at any time.
        vhost.set_permissions(&user, [".*", ".*", ".*"]).await?;
        vhost.close_connections("so that no right is remembered").await?;
        until("calls work", async || {
            Ok((api.work(&Context::new(), 7).call().await.ok() == Some(7)).then_some(()))
        })
        .await?;
        running.shutdown(PATIENCE).await?;
        for transport in [transport, administrator] {
            transport.close(PATIENCE).await;
        }
        Broker::shared()?.delete_user(&user).await
    });
}

/// Casts to the exchange, whatever became of the casts before; each has to be refused.
async fn trespass(transport: &Transport) -> Result<()> {
    let api = WorkApi::new(transport).with(CallOptions::new().exchange(FORBIDDEN));
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut trying = FuturesUnordered::new();
    let mut refused = 0;
    while refused < ATTEMPTS {
        let outcome = tokio::select! {
            _ = ticks.tick() => {
                trying.push(api.work(&Context::new(), 0_u64).cast().into_future());
                continue;
            }
            Some(outcome) = trying.next() => outcome,
        };
        match outcome {
            Err(error @ RpcError::Connection { kind: FaultKind::Forbidden, .. }) => {
                ensure!(error.reached() < Reached::Sent && error.to_string().contains(FORBIDDEN), "{error}");
                refused += 1;
            }
            outcome => bail!("{outcome:?}"),
        }
    }
    Ok(())
}
