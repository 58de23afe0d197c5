//! Virtual hosts: how tests that share a node keep apart.

use anyhow::{Result, ensure};

use super::node::Node;
use super::node::binary;
use super::state::{Binding, Channel, Connection, Exchange, Queue};

/// The name of the virtual host that every node has.
const DEFAULT: &str = "/";

/// A virtual host that one test has to itself; dropping it deletes it and all that is in it. The one
/// that every node has stays.
#[derive(Debug)]
pub struct Vhost {
    node: Node,
    name: String,
}

impl Node {
    /// Makes a virtual host for one test: no other test sees what is in it. `name` is for people,
    /// the real name has a suffix of its own.
    pub async fn vhost(&self, name: &str) -> Result<Vhost> {
        // Not by the number of the process alone: that comes again, and one that was killed leaves its own behind.
        let random = fastrand::u32(..);
        Vhost::create(self.clone(), format!("{name}-{}-{random:08x}", std::process::id())).await
    }

    /// The virtual host that the node starts with, for a test that has the node to itself.
    pub fn default_vhost(&self) -> Vhost {
        Vhost::default_of(self.clone())
    }
}

impl Vhost {
    async fn create(node: Node, name: String) -> Result<Self> {
        let vhost = Self { node, name };
        vhost.make().await?;
        Ok(vhost)
    }

    /// Makes it, with nothing in it, after [`Vhost::delete`].
    pub async fn make(&self) -> Result<()> {
        let (vhost, guest, all) = (binary(&self.name), binary("guest"), binary(".*"));
        let add = format!(
            "ok = rabbit_vhost:add({vhost}, {guest}),
             rabbit_auth_backend_internal:set_permissions({guest}, {vhost}, {all}, {all}, {all}, {guest})"
        );
        self.node.ask::<String>(&add).await.map(drop)
    }

    /// Deletes it and all that is in it, its connections and who may use it included.
    pub async fn delete(&self) -> Result<()> {
        self.node.ask::<String>(&self.deletion()).await.map(drop)
    }

    fn deletion(&self) -> String {
        format!("ok = rabbit_vhost:delete({}, <<\"guest\">>)", binary(&self.name))
    }

    /// The one that every node has, also one that was emptied.
    fn default_of(node: Node) -> Self {
        Self { node, name: DEFAULT.to_owned() }
    }

    /// Its full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its transport URL.
    pub fn url(&self) -> String {
        let url = self.node.url();
        if self.name == DEFAULT { url } else { url + &self.name }
    }

    /// Its queues, by name.
    pub async fn queues(&self) -> Result<Vec<Queue>> {
        let mut queues: Vec<Queue> = self.list("rabbit_amqqueue:info_all", Queue::COLUMNS).await?;
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(queues)
    }

    /// Its exchanges by name, without the predefined ones.
    pub async fn exchanges(&self) -> Result<Vec<Exchange>> {
        let mut exchanges: Vec<Exchange> = self.list("rabbit_exchange:info_all", Exchange::COLUMNS).await?;
        exchanges.retain(|exchange| !exchange.name.is_empty() && !exchange.name.starts_with("amq."));
        exchanges.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(exchanges)
    }

    /// Its bindings by queue, without those of the default exchange, which every queue has.
    pub async fn bindings(&self) -> Result<Vec<Binding>> {
        let mut bindings: Vec<Binding> = self.list("rabbit_binding:info_all", Binding::COLUMNS).await?;
        bindings.retain(|binding| !binding.exchange.is_empty());
        bindings.sort_by(|a, b| (&a.queue, &a.exchange).cmp(&(&b.queue, &b.exchange)));
        Ok(bindings)
    }

    /// The connections to it.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        let mut connections = self.node.connections().await?;
        connections.retain(|connection| connection.vhost == self.name);
        Ok(connections)
    }

    /// The broker closes every connection to it, with `reason`.
    pub async fn close_connections(&self, reason: &str) -> Result<()> {
        self.node.close_connections(&format!("Vhost =:= {}", binary(&self.name)), reason).await
    }

    /// The channels of these connections.
    pub async fn channels(&self) -> Result<Vec<Channel>> {
        let mut channels: Vec<Channel> =
            self.node.rows("rabbit_channel:info_all", None, Channel::COLUMNS).await?;
        channels.retain(|channel| channel.vhost == self.name);
        Ok(channels)
    }

    /// The broker closes channels with an error, `PRECONDITION_FAILED - unknown delivery tag`, as if the
    /// client had acknowledged what it was never sent; their connections stay.
    pub async fn close_channels(&self, channels: &[Channel]) -> Result<()> {
        let pids: Vec<_> = channels.iter().map(|channel| format!("{:?}", channel.pid)).collect();
        let pids = pids.join(", ");
        let fail = "rabbit_channel:do(list_to_pid(Pid), {'basic.ack', 4000000000, false})";
        self.node
            .ask::<Vec<String>>(&format!("[begin ok = {fail}, ok end || Pid <- [{pids}]]"))
            .await
            .map(drop)
    }

    /// Deletes a queue, whoever uses it.
    pub async fn delete_queue(&self, queue: &str) -> Result<()> {
        let name = format!("{{resource, {}, queue, {}}}", binary(&self.name), binary(queue));
        let code = format!(
            "{{ok, Queue}} = rabbit_amqqueue:lookup({name}),
             {{ok, Messages}} = rabbit_amqqueue:delete(Queue, false, false, <<\"test\">>), Messages"
        );
        self.node.ask::<u64>(&code).await.map(drop)
    }

    /// Deletes a queue and makes it again with its bindings, as another of its users does, all before those hear of it
    /// that consume from it.
    pub async fn replace_queue(&self, queue: &str) -> Result<()> {
        let name = format!("{{resource, {}, queue, {}}}", binary(&self.name), binary(queue));
        // A channel that is suspended finds in its mailbox that its queue is gone once all of this is done.
        let code = format!(
            "Name = {name}, {{ok, Queue}} = rabbit_amqqueue:lookup(Name),
             Bindings = [Binding || {{binding, {{resource, _, exchange, Exchange}}, _, _, _}} = Binding
                 <- rabbit_binding:list_for_destination(Name), Exchange =/= <<>>],
             Channels = lists:usort([element(1, Consumer) || Consumer <- rabbit_amqqueue:consumers(Queue)]),
             [erlang:suspend_process(Channel) || Channel <- Channels],
             {{ok, _}} = rabbit_amqqueue:delete(Queue, false, false, <<\"test\">>),
             {{new, _}} = rabbit_amqqueue:declare(Name, amqqueue:is_durable(Queue), amqqueue:is_auto_delete(Queue),
                 amqqueue:get_arguments(Queue), none, <<\"test\">>),
             [ok = rabbit_binding:add(Binding, <<\"test\">>) || Binding <- Bindings],
             [erlang:resume_process(Channel) || Channel <- Channels],
             length(Channels)"
        );
        let consumers = self.node.ask::<usize>(&code).await?;
        ensure!(consumers > 0, "nobody consumes from {queue}");
        Ok(())
    }

    /// The broker makes quorum queues of all durable ones that are declared without a type.
    pub async fn make_quorum_queues(&self) -> Result<()> {
        let vhost = binary(&self.name);
        // In RabbitMQ 4, and before.
        let set = format!(
            "New = #{{default_queue_type => <<\"quorum\">>}},
             case erlang:function_exported(rabbit_vhost, update_metadata, 3) of
                 true -> ok = rabbit_vhost:update_metadata({vhost}, New, <<\"test\">>);
                 false -> rabbit_misc:execute_mnesia_transaction(
                     fun() -> rabbit_vhost:update_metadata({vhost}, fun(Old) -> maps:merge(Old, New) end), ok end)
             end"
        );
        self.node.ask::<String>(&set).await.map(drop)
    }

    /// The broker moves to the queue `dead` what servers of the queues whose names `pattern` matches reject, and
    /// drops what they acknowledge.
    pub async fn dead_letters(&self, pattern: &str, dead: &str) -> Result<()> {
        let to = serde_json::json!({"dead-letter-exchange": "", "dead-letter-routing-key": dead}).to_string();
        let texts = [self.name(), "dead", pattern, &to].map(binary).join(", ");
        let set = format!("rabbit_policy:parse_set({texts}, 0, <<\"queues\">>, <<\"guest\">>)");
        self.node.ask::<String>(&format!("ok = {set}")).await.map(drop)
    }

    /// What a user may configure, write and read here, by patterns of names.
    pub async fn set_permissions(&self, user: &str, [configure, write, read]: [&str; 3]) -> Result<()> {
        let texts = [user, self.name(), configure, write, read, "guest"].map(binary).join(", ");
        let set = format!("ok = rabbit_auth_backend_internal:set_permissions({texts})");
        self.node.ask::<String>(&set).await.map(drop)
    }

    /// Deletes an exchange, whoever uses it.
    pub async fn delete_exchange(&self, exchange: &str) -> Result<()> {
        let (vhost, exchange) = (binary(&self.name), binary(exchange));
        let name = format!("{{resource, {vhost}, exchange, {exchange}}}");
        self.node
            .ask::<String>(&format!("ok = rabbit_exchange:delete({name}, false, <<\"test\">>)"))
            .await
            .map(drop)
    }

    async fn list<T: serde::de::DeserializeOwned>(&self, function: &str, columns: &[&str]) -> Result<Vec<T>> {
        self.node.rows(function, Some(&self.name), columns).await
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        if self.name != DEFAULT {
            // A broker that is gone has no vhosts either.
            let _ = self.node.ask_blocking(&self.deletion());
        }
    }
}
