"""An RPC server on unmodified oslo.messaging.

Reports on stdout, one JSON object a line: `ready` once it consumes, a `note` for each message to the
methods `note` and `work`, `stopped` after a clean stop. Stops when stdin ends.
"""

import time

import oslo_messaging
from oslo_messaging.rpc import dispatcher

import peer
import sample_exceptions


class Public:
    """No namespace, version 1.3."""

    target = oslo_messaging.Target(version="1.3")

    def __init__(self, name):
        self.name = name

    def echo(self, ctxt, value):
        return value

    def add(self, ctxt, a, b=10):
        return a + b

    def context(self, ctxt):
        return ctxt

    def whoami(self, ctxt):
        return {"server": self.name, "namespace": None}

    def slow(self, ctxt, seconds):
        time.sleep(seconds)
        return seconds

    def note(self, ctxt, **args):
        peer.emit(event="note", server=self.name, args=args, ctxt=ctxt)

    def work(self, ctxt, id, seconds=0.0):
        peer.emit(event="note", server=self.name, args={"id": id}, ctxt=ctxt)
        time.sleep(seconds)
        return id

    def fail_builtin(self, ctxt, message):
        raise ValueError(message)

    def fail_not_found(self, ctxt, volume_id):
        raise sample_exceptions.VolumeNotFound(volume_id=volume_id)

    def fail_limit(self, ctxt, resource, limit):
        raise sample_exceptions.LimitReached(resource, limit)

    @oslo_messaging.expected_exceptions(sample_exceptions.VolumeBusy)
    def fail_expected(self, ctxt, volume_id, reason):
        raise sample_exceptions.VolumeBusy(volume_id=volume_id, reason=reason)


class Admin:
    """Namespace `admin`, version 2.1; also found under its older name `operator`."""

    target = oslo_messaging.Target(namespace="admin", version="2.1", legacy_namespaces=["operator"])

    def __init__(self, name):
        self.name = name

    def whoami(self, ctxt):
        return {"server": self.name, "namespace": "admin"}


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--exchange")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--server", required=True, help="the name of this server")
    options = parser.parse_args()

    transport = peer.connect(options)
    target = oslo_messaging.Target(exchange=options.exchange, topic=options.topic, server=options.server)
    endpoints = [Public(options.server), Admin(options.server)]
    server = oslo_messaging.get_rpc_server(
        transport,
        target,
        endpoints,
        executor="threading",
        access_policy=dispatcher.DefaultRPCAccessPolicy,
    )
    server.start()
    peer.wait_until_consuming(server)
    peer.emit(event="ready")

    for _ in peer.lines():
        pass  # there are no commands: only the end counts
    server.stop()
    server.wait()
    transport.cleanup()
    peer.emit(event="stopped")


main()
