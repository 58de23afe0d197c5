"""What the peers share: JSON lines on stdout, options, and the transport of unmodified oslo.messaging."""

import argparse
import json
import logging
import os
import queue
import sys
import tempfile
import threading
import time

import oslo_messaging
from oslo_config import cfg

GRACE = 60  # seconds: half of what the harness waits for an end
LIMIT = 100  # seconds to start in: the harness waits a little longer, for this to say why

_stdout = threading.Lock()


def emit(**event):
    """Writes one JSON line to the harness."""
    line = json.dumps(event)
    with _stdout:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def lines():
    """The lines of stdin. When it ends, the process does so too, at the latest after GRACE.

    A call or a reconnect may take for ever, and the harness may be gone.
    """
    received = queue.SimpleQueue()

    def read():
        for line in sys.stdin:
            received.put(line)
        received.put(None)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    return iter(received.get, None)


def arguments(description):
    """The parser of the arguments that every peer takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--url", required=True, help="transport URL")
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="MODULE",
        help="a module whose exceptions may be raised here (allowed_remote_exmods)",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="[GROUP/]NAME=VALUE",
        help="an option of oslo.config; the group is oslo_messaging_rabbit unless given",
    )
    return parser


def configure(options, project, **settings):
    """Configures the library for the parsed arguments by a file, as a real service does; `settings` are options of the
    group DEFAULT."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        for name, value in settings.items():
            config.write(f"[DEFAULT]\n{name} = {value}\n")
        for option in options.option:
            name, equals, value = option.partition("=")
            if not equals:
                sys.exit(f"--option {option}: expected [GROUP/]NAME=VALUE")
            group, _, name = name.rpartition("/")
            config.write(f"[{group or 'oslo_messaging_rabbit'}]\n{name} = {value}\n")
        config.flush()
        # The global object: the dispatcher reads rpc_ping_enabled from nowhere else.
        cfg.CONF([], project=project, default_config_files=[config.name])


def connect(options, get_transport=oslo_messaging.get_rpc_transport):
    """The transport for the parsed arguments."""
    configure(options, "peer")
    return get_transport(cfg.CONF, url=options.url, allowed_remote_exmods=options.allow)


def describe(error):
    """What a caller can find out about an exception."""
    return {
        "class": type(error).__name__,
        "module": type(error).__module__,
        "bases": [f"{base.__module__}.{base.__name__}" for base in type(error).__mro__],
        "str": str(error),
        "args": list(error.args),
        "kwargs": getattr(error, "kwargs", {}),
        # The status that exceptions of OpenStack services stand for.
        "code": getattr(error, "code", None),
        # Set by RemoteError, which stands for every exception that may not be raised here.
        "exc_type": getattr(error, "exc_type", None),
        "value": getattr(error, "value", None),
    }


class Problems(logging.Handler):
    """Keeps what notifiers and their drivers log of what fails, for the thread that it fails in: they raise nothing."""

    def __init__(self, quiet=False):
        super().__init__()
        self.of_thread = threading.local()
        logger = logging.getLogger("oslo_messaging.notify")
        logger.setLevel(logging.ERROR)
        logger.addHandler(self)
        logger.propagate = not quiet

    def emit(self, record):
        self.of_thread.errors = [*self.taken(), record.exc_info[1]]

    def taken(self):
        errors = getattr(self.of_thread, "errors", [])
        self.of_thread.errors = []
        return errors


def wait_until_consuming(server):
    """`start` returns when the queues exist, but the consumers are added by the listener's thread.

    oslo.messaging has no public way to see that. On RabbitMQ the connection keeps the tags it has yet to consume; over
    AMQP 1.0 the driver keeps the links, and whether the peer has attached them.
    """
    listener = server.listener._poll_style_listener

    def consumes_on_rabbitmq():
        return not listener.conn.connection._new_tags

    def consumes_over_amqp1():
        ((server,),) = [of_target.values() for of_target in listener.driver._ctrl._servers.values()] or [[None]]
        return server and len(server._receivers) == 3 and all(link.active for link in server._receivers)

    consumes = consumes_on_rabbitmq if hasattr(listener, "conn") else consumes_over_amqp1
    deadline = time.monotonic() + LIMIT
    while not consumes():
        if time.monotonic() > deadline:
            sys.exit(f"not consuming after {LIMIT} s")
        time.sleep(0.01)
