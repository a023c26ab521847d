"""``python3 -m tests``: set up what is missing and run the tests; every argument goes to pytest."""

from __future__ import annotations

import os
import sys

from imgsim.cli import environment

# Tests wait for browsers, servers and the disk for a third of their time: two more than there are cores keep these
# busy. Each may start a browser and an app beside, so more than these would only wait for each other.
MOST_PROCESSES = 4


def main(arguments: list[str]) -> int:
    try:
        executable = environment.python(environment.APP, environment.TESTS)
    except environment.SetupError as error:
        print(f"imgsim: {error}", file=sys.stderr)
        return 1
    if arguments == ["--setup-only"]:
        print(executable)
        return 0
    # All of them together: beside each other, on the cores there are. Some of them: as pytest does it.
    shared = ["-n", str(min(MOST_PROCESSES, (os.cpu_count() or 1) + 2)), "--dist", "loadscope"]
    # Tests start some hundred processes, and each would compile what it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment.run(executable, ["-m", "pytest", *(arguments or shared)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
