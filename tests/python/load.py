"""A client of the fault campaign on unmodified oslo.messaging: calls and casts at once, or notifications.

Takes one request a line from stdin, a JSON object with `id` and `kind` ("call", "cast" or "notification"), and tells
of the end of each with one line, in any order: `id`, and `result` or the class and text of what was
`raised`, or, by a notifier, logged. Casts are sent `at_least_once`, so that one that was taken is in a queue. Ends when
stdin does and nothing is under way.
"""

import json
import logging
from concurrent import futures

import oslo_messaging
from oslo_config import cfg

import peer

# As many as the pool has connections: more would wait for one.
AT_ONCE = 30


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--timeout", type=float, required=True, help="of a call, in seconds")
    parser.add_argument("--seconds", type=float, default=0.0, help="that each request takes its server")
    options = parser.parse_args()
    transport = peer.connect(options)
    logging.getLogger().setLevel(logging.CRITICAL)
    problems = peer.Problems(quiet=True)
    client = oslo_messaging.get_rpc_client(
        transport,
        oslo_messaging.Target(topic=options.topic, version="1.0"),
        timeout=options.timeout,
        transport_options=oslo_messaging.TransportOptions(at_least_once=True),
    )
    notifier = oslo_messaging.Notifier(
        oslo_messaging.get_notification_transport(cfg.CONF, url=options.url),
        publisher_id="load.python",
        driver="messagingv2",
        topics=[options.topic],
        retry=-1,
    )

    def notify(id):
        notifier.info({}, "work", {"id": id, "seconds": options.seconds})
        for error in problems.taken():
            raise error

    def send(id, kind):
        if kind == "notification":
            return notify(id)
        send = client.call if kind == "call" else client.cast
        return send({}, "work", id=id, seconds=options.seconds)

    def execute(id, kind):
        try:
            peer.emit(id=id, result=send(id, kind))
        except Exception as error:
            peer.emit(id=id, raised=type(error).__name__, text=str(error))

    peer.emit(event="ready")
    with futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for line in peer.lines():
            pool.submit(execute, **json.loads(line))
    transport.cleanup()


main()
