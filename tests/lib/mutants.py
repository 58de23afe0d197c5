"""mutants.py ACCEPTED REPORT...: fails if a change was noticed by no test and is not among those that are accepted.

A REPORT is what cargo-gamma writes, in the format of mutation-testing-elements. ACCEPTED is a list in TOML: each entry has the
`id`, `file` and `change` of a report, and says `why` no test has to notice. An entry whose change is noticed, or does not exist
any more, has to go. A change with which tests wait for ever, or take all memory, is noticed; one that is accepted may take too
long on a busy machine.
"""

import json
import sys
import tomllib
from collections import Counter
from pathlib import Path


def outcome(mutant):
    status, reason = mutant["status"], mutant.get("statusReason", "")
    if status == "Survived" and reason.startswith(("timed out: ", "out of memory: ")):
        return "stopped"
    if status == "Ignored" and reason.startswith(("not built: ", "flaky: ")):
        return "undecided"
    return {
        "Killed": "noticed",
        "Survived": "unnoticed",
        "NoCoverage": "unnoticed",
        "Pending": "not tried",  # of another shard
        "CompileError": "no change",
        "Ignored": "no change",
    }.get(status, "undecided")


def wrong_in(path, mutants, entries):
    """What is wrong with the changes of one file, and how many there were of each outcome."""
    outcomes = Counter()
    wrong = []
    known = {mutant["id"] for mutant in mutants}
    for mutant in mutants:
        came_to = outcome(mutant)
        outcomes[came_to] += 1
        start = mutant["location"]["start"]
        what = f"{path}:{start['line']}:{start['column']}: {mutant['id']}: {mutant['description']}"
        entry = entries.get(mutant["id"])
        if came_to == "undecided":
            wrong.append(f"{what}: {mutant['status']}: {mutant.get('statusReason')}")
        elif came_to == "unnoticed" and not entry:
            wrong.append(f"{what}: no test notices")
        elif came_to == "noticed" and entry:
            wrong.append(f"{what}: is accepted, but a test notices")
        if entry and (entry["file"], entry["change"]) != (path, mutant["description"]):
            wrong.append(f"{what}: is accepted as another change: {entry['change']}")
    for entry in entries.values():
        if entry["file"] == path and entry["id"] not in known:
            wrong.append(f"{path}: {entry['id']}: {entry['change']}: is accepted, but there is no such change any more")
    return outcomes, wrong


accepted, *reports = sys.argv[1:]
entries = {entry["id"]: entry for entry in tomllib.loads(Path(accepted).read_text())["accepted"]}
outcomes = Counter()
wrong = [f"{accepted}: there is no {entry['file']}" for entry in entries.values() if not Path(entry["file"]).exists()]
wrong += [f"{accepted}: {entry['id']} has no reason" for entry in entries.values() if not entry["why"].strip()]
for report in reports:
    for path, of_file in sorted(json.loads(Path(report).read_text())["files"].items()):
        of_file["mutants"].sort(key=lambda mutant: (mutant["location"]["start"]["line"], mutant["location"]["start"]["column"]))
        of_outcome, of_wrong = wrong_in(path, of_file["mutants"], entries)
        outcomes += of_outcome
        wrong += of_wrong
print(", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())))
for what in wrong:
    print(what)
if not outcomes["noticed"] + outcomes["stopped"]:
    sys.exit("no change was tried")
sys.exit(1 if wrong else 0)
