//! Connections and channels that the broker closes.

use anyhow::{Result, ensure};
use rpc_runtime::{Acknowledge, Server, ServerError, Target, Transport};
use rpc_tests::campaign::{Lane, Ledger, Scenario, WorkApi, Worker, alone};
use rpc_tests::proxy::Modern;

use rpc_tests::limits::{self, PATIENCE};
use rpc_tests::{Broker, Channel, Vhost, until};

use super::{connections, vhost};

/// How often all connections are closed.
const CUTS: usize = 2;
/// How many messages a server has without having acknowledged them, where that matters.
const PREFETCH: u16 = 8;

#[test]
fn all_connections_closed_by_the_operator() {
    alone(async || {
        let vhost = vhost("closed").await?;
        let lanes = [
            Lane::rust("transient"),
            Lane::rust("quorum").quorum(),
            Lane::python("python").may_repeat(),
            Lane::python_client("from-python"),
        ];
        let scenario = Scenario::start(&vhost, lanes).await?;
        cut(&vhost, &scenario).await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn all_connections_of_several_servers_closed() {
    alone(async || {
        let vhost = vhost("several").await?;
        // What is not acknowledged at the cut is delivered again, maybe to the other server, which does not
        // know it: nothing is lost, and no more than that is done twice.
        let two = |name| Lane::rust(name).with_another().taking(0.05).may_repeat();
        let lanes = [
            two("early").serving(|server| server.workers(8).prefetch(PREFETCH)),
            two("late").serving(|server| server.acknowledge(Acknowledge::Late).workers(8).prefetch(PREFETCH)),
            Lane::rust("mixed").with_python().may_repeat(),
        ];
        let scenario = Scenario::start(&vhost, lanes).await?;
        cut(&vhost, &scenario).await?;
        let tallies = scenario.finish().await?;
        for tally in &tallies[..2] {
            ensure!(tally.repeated <= CUTS * 2 * usize::from(PREFETCH), "{tally}");
        }
        Ok(())
    });
}

async fn cut(vhost: &Vhost, scenario: &Scenario<'_>) -> Result<()> {
    for _ in 0..CUTS {
        vhost.close_connections("for the test").await?;
        scenario.recovered().await?;
    }
    Ok(())
}

#[test]
fn each_channel_closed_by_an_error() {
    alone(async || {
        let vhost = vhost("channels").await?;
        let lane = Lane::rust("channels").option("kombu_reconnect_delay=0.1");
        let scenario = Scenario::start(&vhost, [lane]).await?;
        let before = connections(&vhost).await?;
        let channels = vhost.channels().await?;
        let publishing = channels.iter().filter(|channel| channel.confirm).count();
        let consuming = channels.iter().filter(|channel| channel.consumers > 0).count();
        // Requests and replies; the topic, the server, its fanouts, and replies.
        ensure!(publishing >= 2 && consuming == 4, "{channels:?}");
        for channel in channels.chunks(1) {
            close(&vhost, channel).await?;
            scenario.recovered().await?;
        }
        close(&vhost, &vhost.channels().await?).await?;
        scenario.recovered().await?;
        // Each was closed alone: no connection had to go with its channel.
        assert_eq!(connections(&vhost).await?, before);
        scenario.finish().await.map(drop)
    });
}

/// What RabbitMQ is from 4.3 on, before which a proxy stands in for it: it closes the connection that asks for a
/// transient queue.
#[test]
fn a_broker_without_transient_queues() {
    alone(async || {
        let node = Broker::shared()?;
        let vhost = node.vhost("modern").await?;
        let proxy = Modern::start(node.port()).await?;
        let url = proxy.through(&vhost.url());
        let says = |error: &str| {
            for words in ["rabbit_transient_quorum_queue=true", "amqp_durable_queues=true", "INTERNAL_ERROR"]
            {
                assert!(error.contains(words), "{error}");
            }
        };
        // Only what fails by itself ends before the test does.
        let within = limits::TEST;
        for options in ["", "?amqp_durable_queues=true", "?rabbit_quorum_queue=true"] {
            let builder = Transport::builder(&format!("{url}{options}"))?.response_timeout(within);
            let transport = builder.connect_within(within).connect().await?;
            let before = proxy.accepted();
            let worker = WorkApi::endpoint(Worker::new("a", &Ledger::new("a").into()));
            let target = Target::new("modern").with_server("a");
            let refused = Server::builder(&transport, target).endpoint(worker).start().await;
            let Err(ServerError::Transport(error)) = refused else { panic!("{refused:?}") };
            says(&error.to_string());
            let api = WorkApi::new(&transport);
            for _ in 0..100 {
                let error = api.work(&rpc_runtime::Context::new(), 1).call().await.unwrap_err();
                says(&error.to_string());
            }
            let connections = proxy.accepted() - before;
            assert!(connections <= 20, "{connections} connections");
            transport.close(PATIENCE).await;
        }
        let lanes = ["rabbit_quorum_queue=true", "amqp_durable_queues=true"].map(|option| {
            Lane::rust(&option[..6]).at(&url).option(option).option("rabbit_transient_quorum_queue=true")
        });
        let scenario = Scenario::start(&vhost, lanes).await?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

/// Closes channels and waits until they are gone.
async fn close(vhost: &Vhost, channels: &[Channel]) -> Result<()> {
    vhost.close_channels(channels).await?;
    until("the channels are gone", async || {
        let now = vhost.channels().await?;
        let gone = channels.iter().all(|channel| now.iter().all(|other| other.pid != channel.pid));
        Ok(gone.then_some(()))
    })
    .await
}

#[test]
fn a_channel_closed_by_a_conflict() {
    alone(async || {
        let vhost = vhost("conflict").await?;
        let scenario = Scenario::start(&vhost, [Lane::rust("transient")]).await?;
        // A topic whose queue exists with other arguments: the declaration of it closes its channel.
        let target = || Target::new("taken").with_server("other");
        let worker = WorkApi::endpoint(Worker::new("other", &Ledger::new("other").into()));
        let url = format!("{}?rabbit_quorum_queue=true&control_exchange=taken", vhost.url());
        let quorum = Transport::connect(&url).await?;
        let taken = Server::builder(&quorum, target()).endpoint(worker.clone()).start().await?;
        for _ in 0..5 {
            let transport = scenario.lanes()[0].transport()?;
            let refused = Server::builder(transport, target()).endpoint(worker.clone()).start().await;
            let Err(ServerError::Transport(error)) = refused else { panic!("{refused:?}") };
            assert!(error.to_string().contains("PRECONDITION_FAILED"), "{error}");
        }
        taken.shutdown(PATIENCE).await?;
        quorum.close(PATIENCE).await;
        drop(quorum);
        for queue in ["taken", "taken.other"] {
            vhost.delete_queue(queue).await?;
        }
        scenario.finish().await.map(drop)
    });
}
