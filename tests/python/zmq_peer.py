"""A socket of libzmq on 127.0.0.1 that sends back what it gets, and reports each message as a line of JSON on stdout.

It ends with stdin.
"""

import argparse
import json
import os
import signal
import sys
import threading

import zmq


def emit(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def end_with_stdin():
    sys.stdin.read()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("type", choices=["router", "dealer", "pub"])
    parser.add_argument("--port", type=int, help="connects to it; otherwise a free one is bound and reported")
    parser.add_argument("--identity", help="what a ROUTER is to call it")
    parser.add_argument("--heartbeat", type=int, help="sends PING every so many milliseconds")
    parser.add_argument("--stop", action="store_true", help="stops, as SIGSTOP does, after the first message")
    args = parser.parse_args()
    threading.Thread(target=end_with_stdin, daemon=True).start()

    socket = zmq.Context().socket(getattr(zmq, args.type.upper()))
    if args.identity:
        socket.setsockopt(zmq.IDENTITY, args.identity.encode())
    if args.heartbeat:
        socket.setsockopt(zmq.HEARTBEAT_IVL, args.heartbeat)
        # How long it waits for an answer, and asks its peer to wait for it, on however busy a machine.
        socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 30000)
        socket.setsockopt(zmq.HEARTBEAT_TTL, 30000)
    if args.port:
        socket.connect(f"tcp://127.0.0.1:{args.port}")
    else:
        emit(port=socket.bind_to_random_port("tcp://127.0.0.1"))

    while True:
        frames = socket.recv_multipart() if args.type != "pub" else signal.pause()
        if args.stop:
            os.kill(os.getpid(), signal.SIGSTOP)
        socket.send_multipart(frames)
        sender = frames.pop(0).decode() if args.type == "router" else None
        emit(**{"from": sender, "bytes": sum(map(len, frames))})


main()
