"""A client of the fault campaign on unmodified oslo.messaging: calls and casts at once.

Takes one request a line from stdin, a JSON object with `id` and `kind` ("call" or "cast"), and tells
of the end of each with one line, in any order: `id`, and `result` or the class and text of what was
`raised`. Casts are sent `at_least_once`, so that one that was taken is in a queue. Ends when stdin
does and nothing is under way.
"""

import json
import logging
from concurrent import futures

import oslo_messaging

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
    logging.disable(logging.ERROR)
    client = oslo_messaging.get_rpc_client(
        transport,
        oslo_messaging.Target(topic=options.topic, version="1.0"),
        timeout=options.timeout,
        transport_options=oslo_messaging.TransportOptions(at_least_once=True),
    )

    def execute(id, kind):
        send = client.call if kind == "call" else client.cast
        try:
            peer.emit(id=id, result=send({}, "work", id=id, seconds=options.seconds))
        except Exception as error:
            peer.emit(id=id, raised=type(error).__name__, text=str(error))

    peer.emit(event="ready")
    with futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for line in peer.lines():
            pool.submit(execute, **json.loads(line))
    transport.cleanup()


main()
