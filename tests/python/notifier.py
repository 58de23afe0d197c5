"""A notifier on unmodified oslo.messaging.

Reads one command a line from stdin, a JSON object:

    priority              the method: audit, critical, debug, error, info, sample, warn or warning
    event, payload        the event type, and any JSON
    publisher_id, retry   as `prepare` takes them
    drivers               ["messagingv2"] if absent
    topics                those of the options if absent
    ctxt                  the context as an object, which the library does not send; null if absent
    request_context       in place of ctxt: keyword arguments of an oslo.context RequestContext

and answers each with one line: `{"sent": ..., "context": ..., "problems": [...]}`, what was given to the drivers and
what was logged as it could not be sent, as the library raises nothing; or `{"invalid": "why"}` for a command that it
does not understand. Ends when stdin does.
"""

import json

import oslo_messaging
from oslo_config import cfg
from oslo_context import context as oslo_context
from oslo_messaging.notify import _impl_test

import peer

PRIORITIES = {"audit", "critical", "debug", "error", "info", "sample", "warn", "warning"}
REQUIRED = {"priority", "event", "payload"}
PREPARED = {"publisher_id", "retry"}
OTHER = {"drivers", "topics", "ctxt", "request_context"}


def check(command):
    """Raises ValueError for a command that would not do what its author meant."""
    unknown = command.keys() - REQUIRED - PREPARED - OTHER
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    missing = REQUIRED - command.keys()
    if missing:
        raise ValueError(f"missing keys {sorted(missing)}")
    if command["priority"] not in PRIORITIES:
        raise ValueError(f"no priority {command['priority']!r}")


class Notifiers:
    """The notifiers of a transport, by drivers and topics: they are expensive to make."""

    def __init__(self, transport):
        self.transport = transport
        self.made = {}

    def get(self, drivers, topics):
        key = (tuple(drivers), topics and tuple(topics))
        if key not in self.made:
            # The driver `test` keeps what the others were given.
            cfg.CONF.set_override("driver", [*drivers, "test"], group="oslo_messaging_notifications")
            self.made[key] = oslo_messaging.Notifier(self.transport, topics=topics)
        return self.made[key]


def execute(notifiers, command):
    notifier = notifiers.get(command.get("drivers", ["messagingv2"]), command.get("topics"))
    notifier = notifier.prepare(**{key: command[key] for key in PREPARED & command.keys()})
    if "request_context" in command:
        ctxt = oslo_context.RequestContext(**command["request_context"])
    else:
        ctxt = command.get("ctxt")
    getattr(notifier, command["priority"])(ctxt, command["event"], command["payload"])


def answer(notifiers, problems, line):
    try:
        command = json.loads(line)
        check(command)
    except ValueError as error:
        return {"invalid": str(error)}
    _impl_test.reset()
    execute(notifiers, command)
    ((context, sent, _, _),) = _impl_test.NOTIFICATIONS
    # A driver before this one has added what goes on the wire beside them.
    sent = {key: value for key, value in sent.items() if not key.startswith("_")}
    context = context.to_dict() if hasattr(context, "to_dict") else context
    return {"sent": sent, "context": context, "problems": [str(error) for error in problems.taken()]}


def main():
    options = peer.arguments(__doc__).parse_args()
    transport = peer.connect(options, oslo_messaging.get_notification_transport)
    notifiers, problems = Notifiers(transport), peer.Problems()
    peer.emit(event="ready")
    for line in peer.lines():
        peer.emit(**answer(notifiers, problems, line))
    transport.cleanup()


main()
