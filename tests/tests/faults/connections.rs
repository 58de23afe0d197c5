//! Connections and channels that the broker closes.

use rpc_runtime::{Server, ServerError, Target, Transport};
use rpc_tests::campaign::{Lane, Ledger, Scenario, WorkApi, Worker, alone};

use std::time::Duration;

use super::vhost;

const GOODBYE: Duration = Duration::from_secs(10);

#[test]
fn all_connections_closed_by_the_operator() {
    alone(async || {
        let vhost = vhost("closed").await?;
        let lanes =
            [Lane::rust("transient"), Lane::rust("quorum").quorum(), Lane::python("python").may_repeat()];
        let scenario = Scenario::start(&vhost, lanes).await?;
        for _ in 0..2 {
            vhost.close_connections("for the test").await?;
            scenario.recovered().await?;
        }
        scenario.finish().await.map(drop)
    });
}

#[test]
fn a_channel_closed_by_a_conflict() {
    alone(async || {
        let vhost = vhost("conflict").await?;
        let scenario = Scenario::start(&vhost, [Lane::rust("transient")]).await?;
        // A topic whose queue exists with other arguments: the declaration of it closes its channel.
        let target = || Target::topic("taken").with_server("other");
        let worker = WorkApi::endpoint(Worker::new("other", &Ledger::new("other").into()).into());
        let url = format!("{}?rabbit_quorum_queue=true&control_exchange=taken", vhost.url());
        let quorum = Transport::connect(&url).await?;
        let taken = Server::builder(&quorum, target()).endpoint(worker.clone()).start().await?;
        for _ in 0..5 {
            let transport = scenario.lanes()[0].transport();
            let refused = Server::builder(transport, target()).endpoint(worker.clone()).start().await;
            let Err(ServerError::Transport(error)) = refused else { panic!("{refused:?}") };
            assert!(error.to_string().contains("PRECONDITION_FAILED"), "{error}");
        }
        taken.shutdown(GOODBYE).await?;
        quorum.close(GOODBYE).await;
        drop(quorum);
        for queue in ["taken", "taken.other"] {
            vhost.delete_queue(queue).await?;
        }
        scenario.finish().await.map(drop)
    });
}
