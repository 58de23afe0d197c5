"""An RPC server on unmodified oslo.messaging.

Reports on stdout, one JSON object a line: `ready` once it consumes, a `note` for each message to the
methods `note` and `work`, `stopped` after a clean stop. Stops when stdin ends.
"""

import oslo_messaging
from oslo_messaging.rpc import dispatcher

import peer
import sample_endpoints


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--exchange")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--server", required=True, help="the name of this server")
    options = parser.parse_args()

    transport = peer.connect(options)
    target = oslo_messaging.Target(exchange=options.exchange, topic=options.topic, server=options.server)
    endpoints = [sample_endpoints.Public(options.server), sample_endpoints.Admin(options.server)]
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
