"""One side of a throughput measurement on unmodified oslo.messaging.

Takes one question a line from stdin, a JSON object, and answers each with one line. The client:

    {"ask": "load", "load": {"calls", "casts" or "notify": 16}, "seconds": 1.0}
        has so many in flight and answers with the number of `operations`, the `seconds` that they took together,
        and the percentiles `p50` and `p99` of the time of one, in seconds

The server:

    {"ask": "listen", "batch": 100, "count": 1234}
        listens until so many notifications are handled, so many at once, and answers as a client does, without
        percentiles; from the first to the last

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
from oslo_config import cfg

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

    topics = [f"{options.topic}-notifications"]
    notifier = oslo_messaging.Notifier(transport, "throughput.host", driver="messagingv2", topics=topics)
    notified = "x" * options.notified

    def notify():
        notifier.info({}, "throughput.note", notified)

    peer.emit(event="ready")
    for line in peer.lines():
        question = json.loads(line)
        if question["ask"] == "usage":
            usage()
            continue
        [(kind, in_flight)] = question["load"].items()
        seconds, times = closed_loop({"calls": call, "casts": cast, "notify": notify}[kind], in_flight, question["seconds"])
        times.sort()
        last = len(times) - 1
        p50, p99 = times[last * 50 // 100], times[last * 99 // 100]
        peer.emit(operations=len(times), seconds=seconds, p50=p50, p99=p99)


class Heard:
    """An endpoint that counts what it hears."""

    def __init__(self, batch, wanted):
        self.wanted, self.count, self.lock, self.all = wanted, 0, threading.Lock(), threading.Event()
        self.begin = self.first = self.end = None
        self.info = self.some if batch > 1 else self.one

    def one(self, ctxt, publisher_id, event_type, payload, metadata):
        self.add(1)

    def some(self, messages):
        self.add(len(messages))

    def add(self, count):
        with self.lock:
            if self.begin is None:
                self.begin, self.first = time.perf_counter(), count
            self.count += count
            if self.count >= self.wanted:
                self.end = time.perf_counter()
                self.all.set()


def listen(transport, options, batch, count):
    heard = Heard(batch, count)
    targets = [oslo_messaging.Target(exchange=options.topic, topic=f"{options.topic}-notifications")]
    if batch > 1:
        listener = oslo_messaging.get_batch_notification_listener(
            transport, targets, [heard], executor="threading", batch_size=batch, batch_timeout=0.1
        )
    else:
        listener = oslo_messaging.get_notification_listener(transport, targets, [heard], executor="threading")
    listener.start()
    heard.all.wait()
    listener.stop()
    listener.wait()
    peer.emit(operations=count - heard.first, seconds=heard.end - heard.begin, p50=None, p99=None)


def server(transport, options):
    target = oslo_messaging.Target(exchange=options.topic, topic=options.topic, server="server")
    bench = Bench()
    rpc = oslo_messaging.get_rpc_server(transport, target, [bench], executor="threading")
    rpc.start()
    peer.emit(event="ready")
    for line in peer.lines():
        question = json.loads(line)
        if question["ask"] == "listen":
            listen(transport, options, question["batch"], question["count"])
            continue
        casts = question["casts"]
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
    parser.add_argument("--notified", type=int, required=True, help="the length of the payload of notifications")
    parser.add_argument("side", choices=["client", "server"])
    options = parser.parse_args()
    transport = peer.connect(options)
    # The exchange of notifications, as of all that has none of its own.
    cfg.CONF.set_override("control_exchange", options.topic)
    # With more threads than connections in the pool, there is a warning for every message.
    logging.disable(logging.WARNING)
    {"client": client, "server": server}[options.side](transport, options)
    transport.cleanup()


main()
