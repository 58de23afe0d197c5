//! Users and virtual hosts that go and come back.

use anyhow::Result;
use rpc_tests::campaign::{Lane, Scenario, alone};
use rpc_tests::{Broker, Node, Vhost};

use super::{told, vhost};

const PASSWORD: &str = "secret";

/// A user of a virtual host, who may do everything there.
struct User<'a> {
    node: Node,
    vhost: &'a Vhost,
    /// Users are the node's, so it is that of the virtual host.
    name: &'a str,
}

impl<'a> User<'a> {
    async fn of(vhost: &'a Vhost) -> Result<Self> {
        let user = Self { node: Broker::shared()?, vhost, name: vhost.name() };
        user.make().await?;
        Ok(user)
    }

    async fn make(&self) -> Result<()> {
        self.node.add_user(self.name, PASSWORD).await?;
        self.may_everything().await
    }

    async fn may_everything(&self) -> Result<()> {
        self.vhost.set_permissions(self.name, [".*"; 3]).await
    }

    fn lane(&self) -> Lane {
        let url = self.vhost.url().replace("guest:guest@", &format!("{}:{PASSWORD}@", self.name));
        Lane::rust("account").at(&url).option("kombu_reconnect_delay=0.1")
    }

    async fn delete(&self) -> Result<()> {
        self.node.delete_user(self.name).await
    }
}

#[test]
fn a_user_who_is_deleted_and_made_again() {
    alone(async || {
        let vhost = vhost("user").await?;
        let user = User::of(&vhost).await?;
        let scenario = Scenario::start(&vhost, [user.lane()]).await?;
        user.delete().await?;
        vhost.close_connections("the user is gone").await?;
        told(&scenario.lanes()[0], "ACCESS_REFUSED").await?;
        user.make().await?;
        scenario.recovered().await?;
        let tally = scenario.finish().await.map(drop);
        user.delete().await?;
        tally
    });
}

#[test]
fn a_password_that_is_changed_and_changed_back() {
    alone(async || {
        let vhost = vhost("password").await?;
        let user = User::of(&vhost).await?;
        let scenario = Scenario::start(&vhost, [user.lane()]).await?;
        user.node.set_password(user.name, "another").await?;
        vhost.close_connections("the password was changed").await?;
        told(&scenario.lanes()[0], "ACCESS_REFUSED").await?;
        user.node.set_password(user.name, PASSWORD).await?;
        scenario.recovered().await?;
        let tally = scenario.finish().await.map(drop);
        user.delete().await?;
        tally
    });
}

#[test]
fn a_virtual_host_that_is_deleted_and_made_again() {
    alone(async || {
        let vhost = vhost("vhost").await?;
        let user = User::of(&vhost).await?;
        // With all that is in its queues.
        let scenario = Scenario::start(&vhost, [user.lane().may_lose()]).await?;
        vhost.delete().await?;
        told(&scenario.lanes()[0], "vhost").await?;
        vhost.make().await?;
        user.may_everything().await?;
        scenario.recovered().await?;
        let tally = scenario.finish().await.map(drop);
        user.delete().await?;
        tally
    });
}
