"""editor.py FOLDER TARGET: whether rust-analyzer completes the keys in attributes, and shows their documentation.

FOLDER has a crate that uses the runtime, whose main file is typed anew here: the file itself stays as it is. TARGET is where
the macros are compiled to.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

# Typed up to the marks, each of which names the module of the keys that can be there.
TYPED = """
use rpc_runtime::prelude::*;

#[rpc_manager(cli«manager»)]
pub trait TypingManager {
    #[rpc(call, ti«method»)]
    async fn get(&self, ctx: Context, #[arg(def«argument»)] name: String) -> Result<(), RemoteError>;
    #[rpc(call, was(until«was» = "1.1", «was»), «method»)]
    async fn set(&self, ctx: Context, #[arg(old = dr«old»)] a: u8, #[arg(old = «old»)] b: u8) -> Result<(), RemoteError>;
}

// What compiles, so that there is much that is not there any more while a key is another word.
#[rpc_manager(client«manager» = WholeApi, topic«manager» = "whole", version«manager» = "1.1")]
pub trait WholeManager {
    #[rpc(call«method», by_name«method», timeout«method» = std::time::Duration::ZERO)]
    async fn get(&self, ctx: Context, name: String, count: u8) -> Result<String, RemoteError>;
    #[rpc(call, «method»)]
    async fn set(&self, ctx: Context, #[arg(since«argument» = "1.1", old = drop«old»)] a: u8) -> Result<(), RemoteError>;
}

#[derive(Debug, RpcException)]
#[exception(module«exception» = "m", mes«exception»)]
pub struct Failed {}

fn main() {}
"""
# What it answers to a question if it has learnt more since then.
CONTENT_MODIFIED = -32801


def constants():
    """The keys of each module."""
    modules = {}
    listed = Path("rpc-runtime/src/codegen/keys.rs").read_text().partition("\nkeys! {\n")[2]
    for line in map(str.strip, listed.splitlines()):
        if line.endswith(" {"):
            keys = modules[line[:-2]] = set()
        elif line.endswith(",") and not line.startswith("///"):
            keys.add(line[:-1].removeprefix("r#"))
    return modules


class Analyzer:
    """A rust-analyzer that runs, and is asked in the language server protocol."""

    def __init__(self, root, options):
        self.process = subprocess.Popen(["rust-analyzer"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0
        self.status = {}
        start = {"processId": os.getpid(), "rootUri": root.as_uri(), "initializationOptions": options}
        able = {"experimental": {"serverStatusNotification": True}}
        self.ask("initialize", start | {"capabilities": able})
        self.tell("initialized", {})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            sys.exit("rust-analyzer has ended")
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "experimental/serverStatus":
            self.status = message["params"]
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        return message

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        while "method" in (answer := self.receive()) or answer["id"] != self.asked:
            pass
        error = answer.get("error", {})
        if error.get("code") == CONTENT_MODIFIED:
            return self.ask(method, params)
        return sys.exit(f"{method}: {error}") if error else answer["result"]

    def wait(self):
        """Until it has compiled the macros and read all."""
        while not self.status.get("quiescent"):
            self.receive()
        if self.status["health"] != "ok":
            sys.exit(f"rust-analyzer: {self.status['message']}")


def mistakes(analyzer, place, word, module, keys):
    """What is wrong with the completion at `place`, just after `word`, and with what is shown of it."""
    completion = analyzer.ask("textDocument/completion", place) or {"items": []}
    items = {item["label"].removeprefix("r#"): item for item in completion["items"]}
    if set(items) != keys:
        yield f"completed are {', '.join(sorted(items)) or 'none'}, and not {', '.join(sorted(keys))}"
    for key in keys & set(items):
        if not items[key].get("documentation"):
            yield f"{key} is completed without its documentation"
    if word in keys:
        shown = json.dumps(analyzer.ask("textDocument/hover", place))
        if f"keys::{module}" not in shown or f"const {word}:" not in shown:
            yield f"shown is {shown}"


def main(folder, target):
    modules = constants()
    options = {"cargo": {"targetDir": target}, "checkOnSave": False}
    analyzer = Analyzer(Path(folder).resolve(), options)
    document = {"uri": Path(folder, "src/main.rs").resolve().as_uri()}
    opened = {"languageId": "rust", "version": 1, "text": re.sub("«.*?»", "", TYPED)}
    analyzer.tell("textDocument/didOpen", {"textDocument": document | opened})
    analyzer.wait()
    wrong = 0
    for number, marked in enumerate(TYPED.splitlines()):
        for mark in re.finditer("«(.*?)»", marked):
            module, before = mark[1], re.sub("«.*?»", "", marked[: mark.start()])
            place = {"textDocument": document, "position": {"line": number, "character": len(before)}}
            word = re.search(r"\w*$", before)[0]
            for mistake in mistakes(analyzer, place, word, module, modules[module]):
                wrong += 1
                print(f"{before.strip()}: {mistake}")
    analyzer.ask("shutdown", None)
    analyzer.tell("exit", None)
    analyzer.process.wait()
    sys.exit(wrong > 0)


main(*sys.argv[1:])
