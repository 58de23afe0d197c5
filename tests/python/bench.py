"""One side of a throughput measurement on unmodified oslo.messaging.

Takes one question a line from stdin, a JSON object, and answers each with one line. The client:

    {"ask": "load", "load": {"kind": "call" or "cast", "in_flight": 16}, "seconds": 1.0}
        runs that load and answers with the number of `operations` and the `seconds` that they took
    {"ask": "times"}
        answers with percentiles of the time of one operation of that load, in seconds

and the server:

    {"ask": "noted", "casts": 1234}
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
    return time.perf_counter() - begin, times


def client(transport, options):
    target = oslo_messaging.Target(exchange=options.topic, topic=options.topic, version="1.0")
    rpc = oslo_messaging.get_rpc_client(transport, target)
    echoed, noted = "x" * options.echoed, "x" * options.noted

    def call():
        assert rpc.call({}, "echo", value=echoed) == echoed

    def cast():
        rpc.cast({}, "note", value=noted)

    times = []
    for line in peer.lines():
        question = json.loads(line)
        if question["ask"] == "load":
            load = question["load"]
            operation = {"call": call, "cast": cast}[load["kind"]]
            seconds, times = closed_loop(operation, load["in_flight"], question["seconds"])
            peer.emit(operations=len(times), seconds=seconds)
        else:
            times.sort()
            last = len(times) - 1
            peer.emit(p50=times[last * 50 // 100], p99=times[last * 99 // 100])


def server(transport, options):
    target = oslo_messaging.Target(exchange=options.topic, topic=options.topic, server="server")
    bench = Bench()
    rpc = oslo_messaging.get_rpc_server(transport, target, [bench], executor="threading")
    rpc.start()
    for line in peer.lines():
        casts = json.loads(line)["casts"]
        while bench.noted < casts:
            time.sleep(LOOK)
        peer.emit(casts=casts)
    rpc.stop()
    rpc.wait()


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--topic", required=True, help="the topic, and the exchange")
    parser.add_argument("--echoed", type=int, required=True, help="the length of the argument of calls")
    parser.add_argument("--noted", type=int, required=True, help="the length of the argument of casts")
    parser.add_argument("side", choices=["client", "server"])
    options = parser.parse_args()
    transport = peer.connect(options)
    # With more threads than connections in the pool, there is a warning for every message.
    logging.disable(logging.WARNING)
    {"client": client, "server": server}[options.side](transport, options)
    transport.cleanup()


main()
