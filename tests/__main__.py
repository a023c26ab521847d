"""``python3 -m tests``: set up what is missing and run the tests; every argument goes to pytest."""

from __future__ import annotations

import sys

from imgsim import environment


def main(arguments: list[str]) -> int:
    try:
        executable = environment.python(environment.APP, environment.TESTS)
    except environment.SetupError as error:
        print(f"imgsim: {error}", file=sys.stderr)
        return 1
    if arguments == ["--setup-only"]:
        print(executable)
        return 0
    return environment.run(executable, ["-m", "pytest", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
