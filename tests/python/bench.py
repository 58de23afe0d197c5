"""One side of a throughput measurement on unmodified oslo.messaging.

Takes one command a line from stdin, a JSON object, and answers each with one line. The client:

    {"kind": "call" or "cast", "value": "...", "in_flight": 16, "seconds": 1.0}
        runs that load and answers with the `seconds` that it took and the `times` of all operations

and the server:

    {"noted": 1234}
        waits until it has handled so many casts and answers the same

Ends when stdin does.
"""

import json
import logging
import threading
import time
from concurrent import futures

import oslo_messaging

import peer

LOOK = 0.001  # seconds


class Bench:
    target = oslo_messaging.Target(version="1.0")

    def __init__(self):
        self.noted = 0
        self.lock = threading.Lock()

    def echo(self, ctxt, value):
        return value

    def note(self, ctxt, value):
        with self.lock:
            self.noted += 1


def closed_loop(operation, in_flight, seconds):
    """Repeats the operation in as many threads; fails if one operation does."""
    times = []
    begin = time.perf_counter()

    def repeat():
        start = time.perf_counter()
        while start < begin + seconds:
            operation()
            now = time.perf_counter()
            times.append(now - start)
            start = now

    with futures.ThreadPoolExecutor(in_flight) as pool:
        for repeated in [pool.submit(repeat) for _ in range(in_flight)]:
            repeated.result()
    return {"seconds": time.perf_counter() - begin, "times": times}


def client(transport, topic):
    target = oslo_messaging.Target(topic=topic, version="1.0")
    rpc = oslo_messaging.get_rpc_client(transport, target)
    for line in peer.lines():
        load = json.loads(line)
        value = load["value"]

        def call():
            assert rpc.call({}, "echo", value=value) == value

        def cast():
            rpc.cast({}, "note", value=value)

        operation = {"call": call, "cast": cast}[load["kind"]]
        peer.emit(**closed_loop(operation, load["in_flight"], load["seconds"]))


def server(transport, topic):
    target = oslo_messaging.Target(topic=topic, server="server")
    bench = Bench()
    rpc = oslo_messaging.get_rpc_server(transport, target, [bench], executor="threading")
    rpc.start()
    for line in peer.lines():
        noted = json.loads(line)["noted"]
        while bench.noted < noted:
            time.sleep(LOOK)
        peer.emit(noted=noted)
    rpc.stop()
    rpc.wait()


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--topic", required=True)
    parser.add_argument("side", choices=["client", "server"])
    options = parser.parse_args()
    transport = peer.connect(options)
    # With more threads than connections in the pool, there is a warning for every message.
    logging.disable(logging.WARNING)
    {"client": client, "server": server}[options.side](transport, options.topic)
    transport.cleanup()


main()
