"""junit.py FILE STEP DIRECTORY: adds what nextest says of its tests to the lists of a run.

`counts` gets a line `STEP PASSED FAILED`, `failures` a line for each test that failed: the step, the test, and the
arguments that run it alone.
"""

import sys
import xml.etree.ElementTree as ElementTree

file, step, directory = sys.argv[1:]
passed = 0
failed = []
for suite in ElementTree.parse(file).getroot().iter("testsuite"):
    for case in suite.iter("testcase"):
        if case.find("failure") is None and case.find("error") is None:
            passed += 1
        else:
            failed.append((suite.get("name"), case.get("name")))
with open(f"{directory}/counts", "a") as counts:
    print(step, passed, len(failed), file=counts)
with open(f"{directory}/failures", "a") as failures:
    for suite, name in failed:
        print(step, f"{suite} {name}", f"-- {name}", sep="\t", file=failures)
