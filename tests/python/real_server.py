"""A server with the real serialiser and contexts of a project, whose one endpoint takes every method.

Reports on stdout, one JSON object a line: `ready` once it consumes, a `note` for each request, with what the manager of
the project would have got, `stopped` after a clean stop. Stops when stdin ends. `--answers` has what it answers, by
method: `{"argument": NAME}` for one of the arguments, `{"value": ...}`, `{"raise": {...}}`, or `{"cases": {...}}` with an
answer for each value of the argument `case`; null if nothing is said.
"""

import json

import oslo_messaging

import peer
import real


class Manager:
    def __init__(self, project, server, version, answers):
        self.target = oslo_messaging.Target(version=version)
        self.project = project
        self.server = server
        self.answers = answers

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda ctxt, **args: self.answer(ctxt, method, args)

    def answer(self, ctxt, method, args):
        args_seen = {name: real.pack(value) for name, value in args.items()}
        seen = {"class": f"{type(ctxt).__module__}.{type(ctxt).__name__}", "fields": real.pack(ctxt.to_dict())}
        seen["trace"] = trace()
        peer.emit(event="note", server=self.server, args={"method": method, "args": args_seen}, ctxt=seen)
        answer = self.answers.get(method, {"value": None})
        if "cases" in answer:
            answer = answer["cases"][args["case"]]
        if "argument" in answer:
            return args[answer["argument"]]
        if "raise" in answer:
            raise real.exception(answer["raise"])
        return real.unpack(self.project, ctxt, answer["value"])


def trace():
    from osprofiler import profiler

    current = profiler.get()
    profiler.clean()
    return current and {"base_id": current.get_base_id(), "parent_id": current.get_id(), "hmac_key": current.hmac_key}


def main():
    parser = real.arguments(__doc__)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--server", required=True, help="the name of this server")
    parser.add_argument("--version", default="3.20", help="of the interface")
    parser.add_argument("--answers", type=json.loads, default={})
    options = parser.parse_args()

    project = real.project(options)
    target = oslo_messaging.Target(topic=options.topic, server=options.server)
    manager = Manager(project, options.server, options.version, options.answers)
    server = project.rpc.get_server(target, [manager], serializer=project.serializer)
    server.start()
    peer.wait_until_consuming(server)
    peer.emit(event="ready")

    for _ in peer.lines():
        pass  # there are no commands: only the end counts
    server.stop()
    server.wait()
    project.rpc.cleanup()
    peer.emit(event="stopped")


main()
