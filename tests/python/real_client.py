"""A client with the real classes of a project: its API for another service, its contexts, objects and exceptions.

Reads one command a line from stdin, a JSON object:

    method, args      args is an object, with objects as real.py has them
    ctxt              keyword arguments of the project's RequestContext
    trace             of osprofiler: hmac_key, base_id, parent_id
    target, kind      to send without the project's API, by its RPC client: topic, server, version ...; "call" or "cast"

and answers each with one line: `{"result": ...}`, `{"raised": {...}}`, or `{"invalid": "why"}`. Ends when stdin does.
"""

import json

import oslo_messaging

import peer
import real

KEYS = {"method", "args", "ctxt", "trace", "target", "kind"}


def execute(project, command):
    ctxt = project.context(**command["ctxt"])
    if "trace" in command:
        from osprofiler import profiler

        profiler.init(**command["trace"])
    args = real.unpack(project, ctxt, command.get("args", {}))
    if "target" not in command:
        return getattr(project.api(), command["method"])(ctxt, **args)
    target = oslo_messaging.Target(**command["target"])
    client = project.rpc.get_client(target, serializer=project.serializer).prepare()
    send = client.call if command["kind"] == "call" else client.cast
    return send(ctxt, command["method"], **args)


def answer(project, line):
    command = json.loads(line)
    unknown = command.keys() - KEYS
    if unknown:
        return {"invalid": f"unknown keys {sorted(unknown)}"}
    try:
        return {"result": real.pack(execute(project, command))}
    except Exception as error:
        return {"raised": peer.describe(error)}


def main():
    options = real.arguments(__doc__).parse_args()
    project = real.project(options)
    peer.emit(event="ready")
    for line in peer.lines():
        peer.emit(**answer(project, line))
    project.rpc.cleanup()


main()
