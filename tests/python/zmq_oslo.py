"""An RPC server or client on oslo.messaging 8.1.4 over ZeroMQ without a proxy, which find each other in Redis.

The server reports as `server.py` does: `ready`, a `note` for each message to its method `note`, `stopped` after a clean
stop. The client reads commands and answers them as `client.py` does; it knows the keys kind, method, args, topic,
server, fanout, namespace, version, timeout and ctxt. Both end when stdin does.
"""

import json
import os
import time

import zmq_shim  # noqa: F401 first of all

import oslo_messaging

import peer
import sample_endpoints

HERE = ["oslo_messaging_zmq/rpc_zmq_host=127.0.0.1", "oslo_messaging_zmq/rpc_zmq_bind_address=127.0.0.1"]
TARGET = {"topic", "server", "fanout", "namespace", "version"}
KEYS = TARGET | {"kind", "method", "args", "timeout", "ctxt"}

# Seconds that a client waits for a reply before it asks once more: all within what the harness waits. One of that release
# knows of a call only after it has sent it, and loses a reply that is there before: of a server in Rust one of seven, and
# more of them where it has to wait for a processor in between.
WAITS = (2, 2, 2, 2, 4, 4, 8, 16, 32)


class Public(sample_endpoints.Public):
    def slow(self, ctxt, seconds):
        # A test may want to know that it has begun.
        self.note(ctxt, seconds=seconds)
        return super().slow(ctxt, seconds)


class Unhurried(oslo_messaging.RPCDispatcher):
    """Lets no reply be there before the client knows of the call."""

    def dispatch(self, incoming):
        time.sleep(0.002)
        return super().dispatch(incoming)


def serve(transport, options):
    target = oslo_messaging.Target(topic=options.topic, server=options.server)
    endpoints = [Public(options.server), sample_endpoints.Admin(options.server)]
    dispatcher = Unhurried(endpoints, None)
    # What get_rpc_server does, with another dispatcher.
    server = oslo_messaging.rpc.server.RPCServer(transport, target, dispatcher, "threading")
    server.start()
    peer.emit(event="ready")
    for _ in peer.lines():
        pass  # there are no commands: only the end counts
    server.stop()
    server.wait()
    peer.emit(event="stopped")


def ask(transport, command):
    unknown = command.keys() - KEYS
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    target = oslo_messaging.Target(**{key: command[key] for key in TARGET & command.keys()})
    client = oslo_messaging.RPCClient(transport, target)
    what = command.get("ctxt", {}), command["method"]
    args = command.get("args", {})
    if command["kind"] == "cast":
        return client.cast(*what, **args)
    *waits, last = [command["timeout"]] if "timeout" in command else WAITS
    for wait in waits:
        try:
            return client.prepare(timeout=wait).call(*what, **args)
        except oslo_messaging.MessagingTimeout:
            pass
    return client.prepare(timeout=last).call(*what, **args)


def answer(transport, line):
    try:
        return {"result": ask(transport, json.loads(line))}
    except Exception as error:
        return {"raised": peer.describe(error)}


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--topic", help="what a server serves")
    parser.add_argument("--server", help="the name of this server; a client without")
    options = parser.parse_args()
    options.option[:0] = HERE
    transport = peer.connect(options)
    if options.server:
        serve(transport, options)
    else:
        peer.emit(event="ready")
        for line in peer.lines():
            peer.emit(**answer(transport, line))
    # Its threads and sockets may wait for ever for peers that are gone.
    os._exit(0)


main()
