"""Writes the inputs that fuzzing begins with: the messages recorded from oslo.messaging, what a peer says by ZeroMQ's protocol, some
URLs and some files.

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
    "amqp1s://u:p@h1,h2/v?addressing_mode=legacy",
)
FILES = (
    "[DEFAULT]\ntransport_url = rabbit://a:b@h/\nrpc_response_timeout=60 # no comment\nlogs = $state_path/x\nstate_path=/v\n",
    "[oslo_messaging_rabbit]\nssl = True\nkombu_reconnect_delay: 1.5\nrabbit_quorum_queues = true\n",
    "[oslo_messaging_notifications]\ndriver = log\ndriver = noop\ntopics = a,\n  b\n[SHOP]\ntill=${shop.till}$$\n",
    "[DEFAULT]\nrpc_thread_pool_size = 3\nexecutor_thread_pool_size = ${oslo_messaging_rabbit.heartbeat_rate}\n",
)
# A greeting of ZMTP 3.1, and READY of a dealer.
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48)
READY = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
CALL = b"\x01\x00\x01\x031.0\x01\x011\x01\x04id-1\x00\x0e" + b'[{}, {"a": 1}]'
SERVED = b'[{"number":1,"exchange":"e","topic":"t","server":"s","window":5,"bytes":9}]'
WORDS = (
    (2, GREETING + READY + CALL),
    (0, b"\x04\x09\x04PING\x00\x0aab" + b"\x04\x07\x04PONGab"),
    (0, CALL + b"\x04\x09\x05ERROR\x02no"),
    (0, b"\x01\x00\x01\x031.0\x01\x011\x01\x04id-1\x01\x00\x00\x0b1 2 30000 !"),
    (1, b"\x01\x00\x01\x031.0\x01\x018\x01\x01-\x00" + bytes([len(SERVED)]) + SERVED),
    (1, b"\x03" + (300).to_bytes(8, "big") + bytes(300) + b"\x02" + (70000).to_bytes(8, "big")),
)
# The first byte of an input for `plain` says whose form it is.
ZEROMQ, AMQP1 = b"\x00", b"\x01"
PAIRS = (
    '[{"user": null}, {"method": "m", "args": {"a": [1, "\\u00e9"]}, "namespace": "n", "version": "1.2", "_timeout": 4}]',
    '[{"a": 1.5}, null]',
    '[null, "{\\"class\\": \\"ValueError\\", \\"module\\": \\"builtins\\"}"]',
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
    for how, words in WORDS:
        for cut in (1, 7, 255):
            yield "zmtp", bytes([how, cut]) + words
    for pair in PAIRS:
        yield "plain", ZEROMQ + pair.encode()
    for body in bodies(json.loads((vectors / "amqp1.json").read_bytes())):
        yield "plain", AMQP1 + body
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
