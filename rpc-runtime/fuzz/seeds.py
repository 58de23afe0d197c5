"""Writes the inputs that fuzzing begins with: the messages recorded from oslo.messaging, some URLs and some files.

    seeds.py VECTORS CORPUS    a folder for each target in CORPUS
"""

import base64
import json
import pathlib
import sys

URLS = (
    "rabbit://nova:s%2Fecret@mq1,nova:secret@[::1]:5671/prod?ssl=true",
    "amqps://a:b@host:1/%2F?x=1&x=2&y=a+b",
    "amqp://",
    "rabbit://h1,u@h2:5/v",
    "memory:///name",
)
FILES = (
    "[DEFAULT]\ntransport_url = rabbit://a:b@h/\nrpc_response_timeout=60 # no comment\nlogs = $state_path/x\nstate_path=/v\n",
    "[oslo_messaging_rabbit]\nssl = True\nkombu_reconnect_delay: 1.5\nrabbit_quorum_queues = true\n",
    "[oslo_messaging_notifications]\ndriver = log\ndriver = noop\ntopics = a,\n  b\n[SHOP]\ntill=${shop.till}$$\n",
    "[DEFAULT]\nrpc_thread_pool_size = 3\nexecutor_thread_pool_size = ${oslo_messaging_rabbit.heartbeat_rate}\n",
)
# The first byte of an input for `envelope` says what is done with the rest: nothing.
PLAIN = b"\x05"


def bodies(node):
    """All bodies in a recorded case."""
    if isinstance(node, dict):
        if "body_base64" in node:
            yield base64.b64decode(node["body_base64"])
        elif isinstance(node.get("body"), str):
            yield node["body"].encode(errors="surrogatepass")
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from bodies(item)


def target_of(message):
    """Whom a recorded message is for."""
    if "ending" in message:
        return "reply"
    return "notification" if "publisher_id" in message else "request"


def seeds(vectors):
    """Each target with an input for it."""
    for url in URLS:
        yield "url", url.encode()
    for file in FILES:
        yield "config", file.encode()
    for path in sorted(vectors.glob("*.json")):
        for body in bodies(json.loads(path.read_bytes())):
            yield "envelope", PLAIN + body
            try:
                text = json.loads(body)["oslo.message"]
                message = json.loads(text)
                target = target_of(message)
            except (KeyError, TypeError, ValueError):
                continue  # recorded to be refused
            yield target, text.encode(errors="surrogatepass")
            if target == "reply" and message.get("failure"):
                yield "failure", message["failure"].encode(errors="surrogatepass")


def main():
    vectors, corpus = map(pathlib.Path, sys.argv[1:])
    for number, (target, seed) in enumerate(sorted(set(seeds(vectors)))):
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{number:03}").write_bytes(seed)


main()
