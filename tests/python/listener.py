"""A notification listener on unmodified oslo.messaging.

Reports on stdout, one JSON object a line: `ready` once it consumes, a `heard` for each time that its endpoint is called,
with the priority, as the method that was called, and the notifications, of which there is one unless it is told to take
them in batches; `stopped` after a clean stop. Stops when stdin ends. A payload may say how many `seconds` the endpoint
takes for it.
"""

import collections
import functools
import json
import time

import oslo_messaging
from oslo_messaging.notify.dispatcher import PRIORITIES

import peer

KEYS = ("ctxt", "publisher_id", "event_type", "payload", "metadata")


class Endpoint:
    """An endpoint with a method for each of some priorities."""

    def __init__(self, options):
        self.requeue = collections.Counter(dict(options.requeue))
        self.fail = collections.Counter(dict(options.fail))
        if options.filter:
            self.filter_rule = oslo_messaging.NotificationFilter(**options.filter)
        heard = self.heard_batch if options.batch_size else self.heard_one
        for priority in options.priority or PRIORITIES:
            setattr(self, priority, functools.partial(heard, priority))

    def heard_one(self, priority, *arguments):
        return self.heard(priority, [dict(zip(KEYS, arguments, strict=True))])

    def heard_batch(self, priority, messages):
        return self.heard(priority, messages)

    def heard(self, priority, messages):
        peer.emit(event="heard", priority=priority, notifications=messages)
        verdict = oslo_messaging.NotificationResult.HANDLED
        for message in messages:
            event, payload = message["event_type"], message["payload"]
            if isinstance(payload, dict):
                time.sleep(payload.get("seconds", 0))
            if self.fail[event] > 0:
                self.fail[event] -= 1
                raise RuntimeError(f"told to fail at {event}")
            if self.requeue[event] > 0:
                self.requeue[event] -= 1
                verdict = oslo_messaging.NotificationResult.REQUEUE
        return verdict


def target(text):
    exchange, _, topic = text.rpartition("/")
    return oslo_messaging.Target(exchange=exchange or None, topic=topic)


def times(text):
    event, _, count = text.rpartition("=")
    return event, int(count)


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--target", action="append", type=target, required=True, metavar="[EXCHANGE/]TOPIC")
    parser.add_argument("--priority", action="append", choices=PRIORITIES, help="all of them if there is none")
    parser.add_argument("--filter", type=json.loads, help="of NotificationFilter")
    parser.add_argument("--pool")
    parser.add_argument("--requeue", action="append", type=times, default=[], metavar="EVENT=TIMES")
    parser.add_argument("--fail", action="append", type=times, default=[], metavar="EVENT=TIMES", help="raise")
    parser.add_argument("--no-requeue", action="store_true", help="without allow_requeue")
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--batch-timeout", type=float)
    parser.add_argument("--threads", type=int, help="1 to keep the order")
    options = parser.parse_args()

    transport = peer.connect(options, oslo_messaging.get_notification_transport)
    arguments = {"executor": "threading", "allow_requeue": not options.no_requeue, "pool": options.pool}
    if options.batch_size:
        get_listener = oslo_messaging.get_batch_notification_listener
        arguments.update(batch_size=options.batch_size, batch_timeout=options.batch_timeout)
    else:
        get_listener = oslo_messaging.get_notification_listener
    listener = get_listener(transport, options.target, [Endpoint(options)], **arguments)
    listener.start(override_pool_size=options.threads)
    peer.wait_until_consuming(listener)
    peer.emit(event="ready")

    for _ in peer.lines():
        pass  # there are no commands: only the end counts
    listener.stop()
    listener.wait()
    transport.cleanup()
    peer.emit(event="stopped")


main()
