"""One side of a throughput measurement on unmodified oslo.messaging.

Takes one question a line from stdin, a JSON object, and answers each with one line. The client:

    {"ask": "load", "load": {"calls" or "casts": 16}, "seconds": 1.0}
        has so many in flight and answers with the number of `operations`, the `seconds` that they took together,
        and the percentiles `p50` and `p99` of the time of one, in seconds

Both:

    {"ask": "usage", "casts": 1234}
        waits until the server has handled so many casts and answers with what the process has taken so far: its
        `cpu_seconds`, and `peak_kib` of memory; allocations are not counted

Ends when stdin does.
"""

import json
import logging
import resource
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
    """Repeats the operation in as many threads, in each at least once; fails if one operation does."""
    times = []
    begin = time.perf_counter()

    def repeat():
        now = time.perf_counter()
        while True:
            start = now
            operation()
            now = time.perf_counter()
            times.append(now - start)
            if now > begin + seconds:
                break

    with futures.ThreadPoolExecutor(in_flight) as pool:
        for repeated in [pool.submit(repeat) for _ in range(in_flight)]:
            repeated.result()
    return time.perf_counter() - begin, times


def usage():
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_seconds = used.ru_utime + used.ru_stime
    peer.emit(cpu_seconds=cpu_seconds, peak_kib=used.ru_maxrss, allocations=0, bytes=0)


def client(transport, options):
    target = oslo_messaging.Target(exchange=options.topic, topic=options.topic, version="1.0")
    rpc = oslo_messaging.get_rpc_client(transport, target)
    echoed, noted = "x" * options.echoed, "x" * options.noted

    def call():
        assert rpc.call({}, "echo", value=echoed) == echoed

    def cast():
        rpc.cast({}, "note", value=noted)

    peer.emit(event="ready")
    for line in peer.lines():
        question = json.loads(line)
        if question["ask"] == "usage":
            usage()
            continue
        [(kind, in_flight)] = question["load"].items()
        seconds, times = closed_loop({"calls": call, "casts": cast}[kind], in_flight, question["seconds"])
        times.sort()
        last = len(times) - 1
        p50, p99 = times[last * 50 // 100], times[last * 99 // 100]
        peer.emit(operations=len(times), seconds=seconds, p50=p50, p99=p99)


def server(transport, options):
    target = oslo_messaging.Target(exchange=options.topic, topic=options.topic, server="server")
    bench = Bench()
    rpc = oslo_messaging.get_rpc_server(transport, target, [bench], executor="threading")
    rpc.start()
    peer.emit(event="ready")
    for line in peer.lines():
        casts = json.loads(line)["casts"]
        while bench.noted < casts:
            time.sleep(LOOK)
        usage()
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
