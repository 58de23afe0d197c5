"""An RPC client on unmodified oslo.messaging.

Reads one command a line from stdin, a JSON object:

    kind                  "call" or "cast"
    method, args          args is an object, {} if absent
    topic, exchange, server, fanout, namespace, version         the target
    version_cap, timeout, call_monitor_timeout, retry           of the client; seconds
    at_least_once         transport option
    ctxt                  the context as an object, {} if absent
    request_context       in place of ctxt: keyword arguments of an oslo.context RequestContext

and answers each with one line: `{"result": ...}`, `{"raised": {...}}`, or `{"invalid": "why"}` for a
command that it does not understand. Ends when stdin does.
"""

import json

import oslo_messaging
from oslo_context import context as oslo_context

import peer

TARGET = {"topic", "exchange", "server", "fanout", "namespace", "version"}
CLIENT = {"version_cap", "timeout", "call_monitor_timeout", "retry"}
OTHER = {"kind", "method", "args", "at_least_once", "ctxt", "request_context"}


def check(command):
    """Raises ValueError for a command that would not do what its author meant."""
    unknown = command.keys() - TARGET - CLIENT - OTHER
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    missing = {"kind", "method", "topic"} - command.keys()
    if missing:
        raise ValueError(f"missing keys {sorted(missing)}")
    if command["kind"] not in ("call", "cast"):
        raise ValueError(f"kind is call or cast, not {command['kind']!r}")


def pick(command, keys):
    return {key: command[key] for key in keys & command.keys()}


def execute(transport, command):
    options = pick(command, CLIENT)
    if command.get("at_least_once"):
        options["transport_options"] = oslo_messaging.TransportOptions(at_least_once=True)
    target = oslo_messaging.Target(**pick(command, TARGET))
    client = oslo_messaging.get_rpc_client(transport, target, **options)
    if "request_context" in command:
        ctxt = oslo_context.RequestContext(**command["request_context"])
    else:
        ctxt = command.get("ctxt", {})
    send = client.call if command["kind"] == "call" else client.cast
    return send(ctxt, command["method"], **command.get("args", {}))


def answer(transport, line):
    try:
        command = json.loads(line)
        check(command)
    except ValueError as error:
        return {"invalid": str(error)}
    try:
        return {"result": execute(transport, command)}
    except Exception as error:
        return {"raised": peer.describe(error)}


def main():
    options = peer.arguments(__doc__).parse_args()
    transport = peer.connect(options)
    peer.emit(event="ready")
    for line in peer.lines():
        peer.emit(**answer(transport, line))
    transport.cleanup()


main()
