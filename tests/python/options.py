"""What unmodified oslo.messaging does by a configuration.

Reads one question a line from stdin, a JSON object. `{"options": true}` is answered with `{"options": [...]}`: group and
name of each option that oslo.messaging lists. Another question is a session,

    id          comes back with the answer
    file        the text of a configuration file
    locks       the folder of locks
    topic       of a server and its client
    act         what they do: see ACTS
    at_once     how many requests the server is to handle at once, if it does that

and is answered once it has ended, while others go on: with `{"id": ..., "facts": [...]}`, what both found out, or with
`{"id": ..., "refused": "why"}`. Ends when stdin does.
"""

import json
import logging
import os
import tempfile
import threading
import time

import oslo_messaging
from oslo_config import cfg
from oslo_messaging import conffixture
from oslo_messaging import opts

import peer

PAUSE = 0.3  # seconds, for what must not happen


class Endpoint:
    """What the session's requests come to."""

    def __init__(self):
        self.told = threading.Semaphore(0)
        self.released = threading.Event()
        self.held = []

    def add(self, ctxt, a):
        return a + 10

    def note(self, ctxt):
        self.told.release()

    def tell(self, ctxt):
        self.told.release()

    def hold(self, ctxt):
        self.held.append(None)
        self.released.wait(peer.LIMIT)


class Listening:
    """What the session's notifications come to."""

    def info(self, ctxt, publisher_id, event_type, payload, metadata):
        pass


class Session:
    """A configuration, and what is done by it."""

    def __init__(self, question):
        self.question = question
        self.topic = question["topic"]
        self.endpoint = Endpoint()
        self.server = None
        self.transport = None
        # What it locks with looks nowhere else.
        cfg.CONF.set_override("lock_path", question["locks"], "oslo_concurrency")
        self.conf = cfg.ConfigOpts()
        conffixture.ConfFixture(self.conf)
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(question["file"])
            file.flush()
            self.conf(["--config-file", file.name], project="options", default_config_dirs=[])

    def run(self):
        return ACTS[self.question["act"]](self)

    def serve(self):
        """Serves, for others to call it."""
        self.transport = oslo_messaging.get_rpc_transport(self.conf)
        target = oslo_messaging.Target(topic=self.topic, server="host1")
        with GLOBAL:
            # The dispatcher reads it from nowhere else.
            cfg.CONF.set_override("rpc_ping_enabled", self.conf.rpc_ping_enabled)
            self.server = oslo_messaging.get_rpc_server(self.transport, target, [self.endpoint], executor="threading")
        self.server.start()
        peer.wait_until_consuming(self.server)
        return []

    def client(self, topic=None, **prepared):
        target = oslo_messaging.Target(topic=topic or self.topic)
        return oslo_messaging.get_rpc_client(self.transport, target).prepare(**prepared)

    def rpc(self):
        """A call, a cast and a fanout."""
        self.serve()
        answer = self.client().call({}, "add", a=1)
        self.client().cast({}, "note")
        self.client(fanout=True).cast({}, "tell")
        told = sum(self.endpoint.told.acquire(timeout=peer.LIMIT) for _ in range(2))
        return [f"the sum is {answer}", f"{told} are told"]

    def ping(self):
        """Calls what a server has beside its endpoints."""
        self.serve()
        self.client().call({}, "add", a=1)
        try:
            return [f"the ping is {self.client().call({}, 'oslo_rpc_server_ping')}"]
        except oslo_messaging.RemoteError as error:
            return [f"the ping is {error.exc_type}"]

    def at_once(self):
        """Casts what its server does not come to an end with."""
        self.serve()
        wanted = self.question["at_once"]
        for _ in range(wanted + 2):
            self.client().cast({}, "hold")
        deadline = time.monotonic() + peer.LIMIT
        while len(self.endpoint.held) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(PAUSE)
        held = len(self.endpoint.held)
        self.endpoint.released.set()
        return [f"{held} are handled at once"]

    def unanswered(self):
        """Calls what does not come to an end."""
        self.serve()
        # What a first call has to wait for may take longer than the next one has.
        self.client(timeout=60).call({}, "add", a=1)
        try:
            self.client().call({}, "hold")
            return ["the call is answered"]
        except oslo_messaging.MessagingTimeout:
            return ["the call times out"]

    def notify(self):
        """Tells a listener of something, both of the topics that are configured."""
        self.transport = oslo_messaging.get_notification_transport(self.conf)
        topics = self.conf.oslo_messaging_notifications.topics
        targets = [oslo_messaging.Target(topic=topic) for topic in topics]
        self.server = oslo_messaging.get_notification_listener(
            self.transport, targets, [Listening()], executor="threading"
        )
        self.server.start()
        peer.wait_until_consuming(self.server)
        notifier = oslo_messaging.Notifier(self.transport, publisher_id="probe")
        notifier.info({}, "event", {})
        return ["told"]

    def end(self):
        self.endpoint.released.set()
        if self.server is not None:
            self.server.stop()
            self.server.wait()
        if self.transport is not None:
            self.transport.cleanup()


ACTS = {
    "rpc": Session.rpc,
    "ping": Session.ping,
    "at once": Session.at_once,
    "unanswered": Session.unanswered,
    "notify": Session.notify,
    "serve": Session.serve,
}
GLOBAL = threading.Lock()


def answer(question):
    session = None
    try:
        session = Session(question)
        peer.emit(id=question["id"], facts=session.run())
        if question["act"] == "serve":
            return
    # Whatever it is, the configuration is one that it comes to.
    except (Exception, SystemExit) as error:
        peer.emit(id=question["id"], refused=f"{type(error).__name__}: {error}")
    if session is not None:
        # It waits for what polls, a second or two.
        threading.Thread(target=session.end, daemon=True).start()


def options():
    return [[group or "DEFAULT", opt.dest] for group, listed in opts.list_opts() for opt in listed]


def main():
    # What it says of each configuration is in the answer.
    logging.disable(logging.CRITICAL)
    cfg.CONF([], project="options", default_config_files=[], default_config_dirs=[])
    conffixture.ConfFixture(cfg.CONF)
    cfg.CONF.import_opt("lock_path", "oslo_concurrency.lockutils", "oslo_concurrency")
    peer.emit(event="ready")
    for line in peer.lines():
        question = json.loads(line)
        if "options" in question:
            peer.emit(options=options())
        else:
            threading.Thread(target=answer, args=[question], daemon=True).start()
    # What still tries does so for ever.
    os._exit(0)


main()
