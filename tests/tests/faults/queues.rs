//! Queues and exchanges that are deleted under their users.

use rpc_tests::campaign::{Lane, Scenario, alone};

use super::vhost;

#[test]
fn the_queue_of_a_server_deleted() {
    alone(async || {
        let vhost = vhost("queue").await?;
        let lanes = [Lane::rust("rust").may_lose(), Lane::python("python").may_lose().may_repeat()];
        let scenario = Scenario::start(&vhost, lanes).await?;
        for topic in ["rust", "python"] {
            vhost.delete_queue(topic).await?;
        }
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn the_reply_queue_deleted() {
    alone(async || {
        let vhost = vhost("replies").await?;
        let lanes = [Lane::rust("rust"), Lane::python("python"), Lane::python_client("from-python")];
        let scenario = Scenario::start(&vhost, lanes).await?;
        let queues = vhost.queues().await?;
        let replies: Vec<_> = queues.iter().filter(|queue| queue.name.starts_with("reply_")).collect();
        assert_eq!(replies.len(), 3, "{queues:?}");
        for queue in replies {
            vhost.delete_queue(&queue.name).await?;
        }
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn the_exchange_deleted() {
    alone(async || {
        let vhost = vhost("exchange").await?;
        let scenario = Scenario::start(&vhost, [Lane::rust("rust"), Lane::rust("quorum").quorum()]).await?;
        for exchange in ["rust", "quorum"] {
            vhost.delete_exchange(exchange).await?;
        }
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}
