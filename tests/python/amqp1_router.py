"""An AMQP 1.0 router on Proton on 127.0.0.1. It stores nothing: a sender has credit while somebody consumes, and the
outcome of a message is its consumer's. Addresses with the prefixes of all servers reach each consumer, others one of them
by turns.

It reports `ready` once it listens, does what the lines on stdin say, JSON objects that `DOES` lists, answers each with
one line, and ends with stdin. What a line says of addresses is about those that contain its text `of`; all, without.
"""

import argparse
import collections
import itertools
import json
import os
import sys
import threading
import uuid

from proton import UNDESCRIBED, Array, Condition, Data, Delivery, Handler, Message, SSLDomain, symbol
from proton.handlers import IOHandler
from proton.reactor import ApplicationEvent, Container, EventInjector

EVERYBODY = ("openstack.org/om/rpc/multicast", "openstack.org/om/notify/multicast", "broadcast")

# The outcomes that a line may ask for, each with the fields of `modified`.
OUTCOMES = {
    "accepted": (Delivery.ACCEPTED, {}),
    "released": (Delivery.RELEASED, {}),
    "rejected": (Delivery.REJECTED, {}),
    "modified": (Delivery.MODIFIED, {}),
    "failed": (Delivery.MODIFIED, {"failed": True}),
    "undeliverable": (Delivery.MODIFIED, {"undeliverable": True}),
}


STATES = {state for state, _ in OUTCOMES.values()}


def emit(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def address_of(link):
    """Where its messages come from or go to; None if each says so itself."""
    return link.source.address if link.is_sender else link.target.address


class Sockets(IOHandler):
    """Proton's own fails at the end of the time of a connection that is gone already, and that ends the program."""

    def on_selectable_expired(self, event):
        if event.selectable._transport:
            super().on_selectable_expired(event)


class Router(Handler):
    def __init__(self, options, domain):
        self.options = options
        self.domain = domain
        self.connections = []
        # By address: the consumers, the next to have a message first, and the producers with the credit that each has
        # yet to get.
        self.consumers = collections.defaultdict(list)
        self.producers = collections.defaultdict(dict)
        # By address: the messages for which no consumer has credit, each with the delivery that it came by.
        self.waiting = collections.defaultdict(collections.deque)
        # What a message came by, by what it went out by.
        self.sources = {}
        self.faults = []
        self.tags = itertools.count()

    # Connections, sessions and links

    def on_reactor_init(self, event):
        event.container.listen(f"127.0.0.1:{self.options.port}", ssl_domain=self.domain)
        events = EventInjector()
        event.container.selectable(events)
        threading.Thread(target=read, args=(events,), daemon=True).start()
        emit({"event": "ready"})

    def on_connection_bound(self, event):
        event.transport.idle_timeout = self.options.idle_timeout

    def on_connection_remote_open(self, event):
        connection = event.connection
        if self.options.product:
            connection.properties = {symbol("product"): self.options.product}
        connection.container = "router of the tests"
        connection.offered_capabilities = Array(UNDESCRIBED, Data.SYMBOL, symbol("ANONYMOUS-RELAY"))
        connection.open()
        self.connections.append(connection)

    def on_connection_remote_close(self, event):
        event.connection.close()

    def on_transport_closed(self, event):
        if event.connection in self.connections:
            self.connections.remove(event.connection)
        for link in self.links(lambda link: link.connection == event.connection):
            self.gone(link)

    def on_session_remote_open(self, event):
        event.session.open()

    def on_session_remote_close(self, event):
        self.end(event.session)

    def on_link_remote_open(self, event):
        link = event.link
        link.snd_settle_mode = link.remote_snd_settle_mode
        link.rcv_settle_mode = link.remote_rcv_settle_mode
        link.source.copy(link.remote_source)
        link.target.copy(link.remote_target)
        if link.is_sender and link.remote_source.dynamic:
            link.source.address = f"temporary/{uuid.uuid4().hex}"
        link.open()
        address = address_of(link)
        refusal = self.fault("refuse", address)
        if refusal:
            self.close(link, refusal)
        elif link.is_sender:
            self.consumers[address].append(link)
            for producer in self.producers[address]:
                self.give_credit(producer)
        else:
            self.producers[address][link] = 0
            self.give_credit(link, self.options.credit)

    def on_link_remote_close(self, event):
        self.close(event.link)

    def on_link_remote_detach(self, event):
        event.link.detach()
        self.gone(event.link)

    def on_link_flow(self, event):
        link = event.link
        if link.is_sender:
            self.dispatch(link.source.address)
            if link.drain_mode:
                link.drained()

    def links(self, such=lambda link: True):
        """Those that are open."""
        of_addresses = itertools.chain(self.consumers.values(), self.producers.values())
        return [link for links in of_addresses for link in links if such(link)]

    def close(self, endpoint, why=None):
        """Closes a link or a connection."""
        if why:
            endpoint.condition = Condition(why["condition"], why.get("description"))
        endpoint.close()
        self.gone(endpoint)

    def end(self, session, why=None):
        links = self.links(lambda link: link.session == session)
        self.close(session, why)
        for link in links:
            self.gone(link)

    def gone(self, link):
        """Forgets a link. What its consumer has not settled may have been executed; what waits for one has not."""
        for address, links in list(self.consumers.items()):
            if link in links:
                links.remove(link)
                for out in [out for out in self.sources if out.link == link]:
                    self.finish(self.sources.pop(out), *OUTCOMES["failed"])
                while self.waiting[address] and not links:
                    self.finish(self.waiting[address].popleft()[0], Delivery.RELEASED)
        for links in self.producers.values():
            links.pop(link, None)

    def give_credit(self, link, more=0):
        """Gives a producer what it has yet to get and so many more, if its messages can go anywhere."""
        address = link.target.address
        if link not in self.producers[address]:
            return
        owed = self.producers[address][link] + more
        open_to_all = address is None or address.startswith(EVERYBODY)
        if self.fault("withhold", address) or not (open_to_all or self.consumers[address]):
            self.producers[address][link] = owed
        elif owed:
            self.producers[address][link] = 0
            link.flow(owed)

    # Messages

    def on_delivery(self, event):
        delivery = event.delivery
        if delivery.link.is_sender:
            if delivery.updated:
                self.settle(delivery)
        elif delivery.aborted:
            self.finish(delivery)
        elif delivery.readable and not delivery.partial:
            self.take(delivery)

    def take(self, delivery):
        link = delivery.link
        body = link.recv(delivery.pending)
        link.advance()
        address = link.target.address
        if address is None:
            message = Message()
            message.decode(body)
            address = message.address
        fault = self.fault("outcome", address)
        if fault:
            if fault["outcome"] != "none":
                self.finish(delivery, *OUTCOMES[fault["outcome"]])
        elif address.startswith(EVERYBODY):
            for consumer in self.consumers[address]:
                self.send(consumer, body).settle()
            self.finish(delivery, Delivery.ACCEPTED)
        elif self.consumers[address]:
            self.waiting[address].append((delivery, body))
            self.dispatch(address)
        else:
            self.finish(delivery, Delivery.RELEASED)

    def dispatch(self, address):
        consumers, waiting = self.consumers[address], self.waiting[address]
        while waiting:
            consumer = next((link for link in consumers if link.credit > 0), None)
            if not consumer:
                return
            consumers.remove(consumer)
            consumers.append(consumer)
            delivery, body = waiting.popleft()
            out = self.send(consumer, body)
            if delivery.settled:
                out.settle()
                self.finish(delivery)
            else:
                self.sources[out] = delivery

    def send(self, link, body):
        delivery = link.delivery(str(next(self.tags)))
        link.stream(body)
        link.advance()
        return delivery

    def settle(self, out):
        """Tells the producer what the consumer has made of a message."""
        source = self.sources.get(out)
        if source is None or not (out.settled or out.remote_state in STATES):
            return
        del self.sources[out]
        source.local.condition = out.remote.condition
        modified = {"failed": out.remote.failed, "undeliverable": out.remote.undeliverable}
        self.finish(source, out.remote_state, modified)
        out.settle()

    def finish(self, delivery, state=None, modified={}):
        for name, value in modified.items():
            setattr(delivery.local, name, value)
        if state:
            delivery.update(state)
        delivery.settle()
        self.give_credit(delivery.link, 1)

    # Faults

    def fault(self, kind, address):
        """The first of this kind for an address, which may be for so many times only."""
        for fault in self.faults:
            if fault["do"] == kind and fault.get("of", "") in (address or ""):
                times = fault.get("times")
                if times is not None:
                    fault["times"] = times - 1
                if times == 1:
                    self.faults.remove(fault)
                return fault
        return None

    def on_line(self, event):
        line = event.subject
        emit(DOES[line["do"]](self, line))

    def add_fault(self, fault):
        self.faults.append(fault)

    def heal(self, line):
        self.faults.clear()
        for links in self.producers.values():
            for link in links:
                self.give_credit(link)

    def matching(self, line):
        return self.links(lambda link: line.get("of", "") in (address_of(link) or ""))

    def detach_links(self, line):
        links = self.matching(line)
        for link in links:
            self.close(link, line)
        return {"n": len(links)}

    def end_sessions(self, line):
        sessions = {link.session for link in self.matching(line)}
        for session in sessions:
            self.end(session, line)
        return {"n": len(sessions)}

    def close_connections(self, line):
        for connection in self.connections:
            self.close(connection, line)
        return {"n": len(self.connections)}

    def deliver(self, line):
        """Sends a message to the consumers as it is in the line, by fields of Proton's Message."""
        body = Message(**line["message"]).encode()
        links = [link for link in self.matching(line) if link.is_sender]
        for link in links:
            self.send(link, body).settle()
        return {"n": len(links)}

    def describe(self, line):
        links = self.matching(line)
        consumers = [link for link in links if link.is_sender]
        return {
            "connections": len(self.connections),
            "consumers": len(consumers),
            "producers": len(links) - len(consumers),
            "unsettled": sum(out.link in consumers for out in self.sources),
            "addresses": sorted({address_of(link) or "" for link in links}),
        }


# What lines may say, by their key `do`.
DOES = {
    # From now on, and if the line has `times`, so often.
    "outcome": Router.add_fault,  # messages get the `outcome` at once and go nowhere; "none" is no outcome
    "withhold": Router.add_fault,  # producers get no more credit
    "refuse": Router.add_fault,  # links are closed with the `condition` once they are attached
    "heal": Router.heal,  # ends all of these
    # Now, with a `condition`, and perhaps a `description`.
    "detach": Router.detach_links,
    "end": Router.end_sessions,  # those with such links
    "close": Router.close_connections,
    "deliver": Router.deliver,
    "describe": Router.describe,
}


def read(events):
    for line in sys.stdin:
        events.trigger(ApplicationEvent("line", subject=json.loads(line)))
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--product", help="what it says that it is")
    parser.add_argument("--credit", type=int, default=250, help="how many messages of a producer may be unsettled")
    parser.add_argument("--idle-timeout", type=float, default=0, help="seconds of silence after which a peer is gone")
    parser.add_argument("--certificate", help="a file in PEM, for TLS")
    parser.add_argument("--key", help="a file in PEM")
    parser.add_argument("--clients", help="a file in PEM with the authority whose certificates clients need")
    options = parser.parse_args()
    domain = None
    if options.certificate:
        domain = SSLDomain(SSLDomain.MODE_SERVER)
        domain.set_credentials(options.certificate, options.key, None)
        if options.clients:
            domain.set_trusted_ca_db(options.clients)
            domain.set_peer_authentication(SSLDomain.VERIFY_PEER, options.clients)
    Container(Router(options, domain), global_handler=Sockets()).run()


main()
