"""package.py: what `cargo publish` would send of both crates, made without a network and without a build.

Looks at what cargo itself does not refuse: a text that every package has to have, one that has no business there, and a
runtime that would take macros of another version.
"""

import pathlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib

CRATES = ["rpc-macros", "rpc-runtime"]
# What crates.io shows of a crate, and what people find it by.
SHOWN = ["description", "license", "readme", "documentation", "keywords", "categories", "rust-version"]


def packages(directory):
    """Each package by its name: its manifest as published, and the names of its files."""
    command = ["cargo", "package", "--locked", "--offline", "--no-verify", "--allow-dirty", "--target-dir", directory]
    for crate in CRATES:
        command += ["--package", crate]
    made = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    # A warning, for example about a text that is missing, is one too many; that the tests stay here is meant.
    warnings = [line for line in made.stderr.splitlines() if line.startswith("warning")]
    if made.returncode or any(not line.startswith("warning: ignoring test ") for line in warnings):
        sys.exit(made.stderr)
    for path in sorted(pathlib.Path(directory, "package").glob("*.crate")):
        with tarfile.open(path) as package:
            files = {name.partition("/")[2]: name for name in package.getnames()}
            manifest = tomllib.loads(package.extractfile(files["Cargo.toml"]).read().decode())
            yield manifest["package"]["name"], manifest, files


def mistakes(name, manifest, files):
    for key in SHOWN:
        if not manifest["package"].get(key):
            yield f"{name} has no {key}"
    for file in ["LICENSE", "README.md"]:
        if file not in files:
            yield f"{name} has no {file}"
    for file in files:
        if not file.startswith("src/") and file.endswith(".rs"):
            yield f"{name} has {file}, which is none of its sources"
    if name == "rpc-runtime":
        asked = manifest["dependencies"]["rpc-macros"]["version"]
        if asked != f"={manifest['package']['version']}":
            yield f'rpc-runtime asks for rpc-macros "{asked}"'


with tempfile.TemporaryDirectory() as directory:
    found = {name: list(mistakes(name, manifest, files)) for name, manifest, files in packages(directory)}
if sorted(found) != CRATES:
    sys.exit(f"only these were packaged: {', '.join(found)}")
if wrong := sum(found.values(), []):
    sys.exit("\n".join(wrong))
