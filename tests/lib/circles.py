"""circles.py CRATE...: fails if modules of a crate depend on each other in a circle.

A crate is a folder with `src/lib.rs`. Files may depend on each other one way only, and so may the files and folders
of each folder. What counts are the paths in the code, tests apart: where a name is re-exported, the file that defines
it. What a module only passes on by `pub use` and
does not use itself is no dependency of it.
"""

import re
import sys
from pathlib import Path

# What no path can be in: comments, strings, characters.
NO_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^\\'])'""", re.S
)
VISIBILITY = re.compile(r"\bpub\s*\(\s*in\b[^)]*\)")
TEST = re.compile(r"\#\[cfg\(test\)\]\s*(?:\#\[[^\]]*\]\s*)*")
USE = re.compile(r"(?P<public>\bpub\s*(?:\([^)]*\)\s*)?)?\buse\s+(?P<tree>[^;]+);")
PATH = re.compile(r"\b(?:crate|self|super)(?:\s*::\s*\w+)+")


class Module:
    def __init__(self, file, parts):
        self.file = file
        self.parts = parts  # the path of the module, of its crate
        self.names = {}  # what `use` brings in: the name, and the path that it stands for
        self.paths = []  # the paths that its code needs


def without_tests(code):
    """The code without the items that are compiled for tests only."""
    while found := TEST.search(code):
        end = found.end()
        opened = 0
        while end < len(code):
            end += 1
            last = code[end - 1]
            opened += {"{": 1, "}": -1}.get(last, 0)
            if (last == ";" and not opened) or (last == "}" and not opened):
                break
        code = code[: found.start()] + code[end:]
    return code


def expanded(tree):
    """The paths of a use tree, each with the name that it brings in."""
    tree = tree.strip()
    if "{" in tree:
        head, rest = tree.split("{", 1)
        depth, part, parts = 0, "", []
        for letter in rest.rsplit("}", 1)[0]:
            depth += {"{": 1, "}": -1}.get(letter, 0)
            if letter == "," and not depth:
                parts.append(part)
                part = ""
            else:
                part += letter
        for part in [*parts, part]:
            if part.strip():
                yield from expanded(head.strip() + part.strip())
        return
    path, _, alias = tree.partition(" as ")
    path = [part.strip() for part in path.split("::") if part.strip()]
    if path[-1] == "self":
        path.pop()
    yield path, alias.strip() or path[-1]


def modules_of(source):
    """The modules of a crate by their paths, test modules apart."""
    modules = {}

    def read(file, parts):
        module = modules[parts] = Module(file, parts)
        code = without_tests(NO_CODE.sub(" ", file.read_text()))
        body = VISIBILITY.sub("pub", USE.sub(" ", code))
        for use in USE.finditer(code):
            for path, name in expanded(use["tree"]):
                module.names[name] = path
                if not use["public"] or re.search(rf"\b{re.escape(name)}\b", body):
                    module.paths.append(path)
        module.paths += [re.split(r"\s*::\s*", path) for path in PATH.findall(body)]
        folder = file.parent if file.name in ("lib.rs", "mod.rs") else file.parent / file.stem
        for child in re.findall(r"\bmod\s+(\w+)\s*;", code):
            for place in (folder / f"{child}.rs", folder / child / "mod.rs"):
                if place.exists():
                    read(place, (*parts, child))

    read(source / "lib.rs", ())
    return modules


def target(modules, module, path, depth=0):
    """The module that defines what a path of another one names; None if it is of another crate."""
    here = module.parts
    if path[0] == "crate":
        here, path = (), path[1:]
    elif path[0] == "super":
        while path and path[0] == "super":
            here, path = here[:-1], path[1:]
    elif path[0] == "self":
        path = path[1:]
    elif (*here, path[0]) not in modules:
        return None
    for at, part in enumerate(path):
        if (*here, part) in modules:
            here = (*here, part)
        elif part in modules[here].names and depth < 10:
            passed_on = modules[here].names[part] + path[at + 1 :]
            return target(modules, modules[here], passed_on, depth + 1)
        else:
            break
    return here


def circles(arrows):
    """The groups of nodes that reach each other (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(arrows.get(node, ())):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = []
            while True:
                group.append(stack.pop())
                if group[-1] == node:
                    break
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return found


def main(crates):
    sys.setrecursionlimit(10_000)
    bad = False
    for crate in crates:
        source = Path(crate) / "src"
        modules = modules_of(source)
        files, levels = {}, {}
        for module in modules.values():
            for path in module.paths:
                other = target(modules, module, path)
                if other is None or other == module.parts:
                    continue
                files.setdefault(module.parts, set()).add(other)
                # In the folder in which both are: the parts below it that they are in.
                common = 0
                while module.parts[common : common + 1] == other[common : common + 1] != ():
                    common += 1
                one, two = module.parts[: common + 1], other[: common + 1]
                if len(one) == len(two) == common + 1:
                    levels.setdefault(one, set()).add(two)
        for what, arrows in (("files", files), ("folders", levels)):
            for group in circles(arrows):
                bad = True
                print(f"{crate}: {what} in a circle:")
                for node in group:
                    others = sorted(arrows[node] & set(group))
                    print("  " + "::".join(node or ("lib",)), "->", ", ".join("::".join(o or ("lib",)) for o in others))
    return bad


sys.exit(main(sys.argv[1:]))
