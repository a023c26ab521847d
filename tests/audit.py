"""``python -m tests.audit``: known faults of what gets installed, from pip-audit, where it reaches its data.

Ends with 1 where a package has a known fault. What could not be looked up is said, and is no failure: a machine without
a network must be able to run the tests.
"""

from __future__ import annotations

import json
import subprocess
import sys

from imgsim.cli import environment


def report(text: str) -> tuple[int, str]:
    """(exit status, what to say) for pip-audit's JSON; '' where it could not even begin."""
    try:
        found = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 0, "NOT AUDITED: pip-audit did not reach its data."
    faults = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for one in found
        for fault in one.get("vulns", [])
    ]
    looked_up = [one for one in found if "skip_reason" not in one]
    missed = len(found) - len(looked_up)
    lines = [f"{len(looked_up)} packages audited, {len(faults)} known faults.", *faults]
    if missed:
        lines.append(f"NOT AUDITED: {missed} packages, whose data could not be reached.")
    return int(bool(faults)), "\n".join(lines)


def main() -> int:
    status = 0
    for file in (environment.APP, environment.TESTS):
        lock = environment.lock_of(file)
        command = [sys.executable, "-m", "pip_audit", "-r", str(lock), "--disable-pip", "--require-hashes"]
        try:
            done = subprocess.run(
                [*command, "-f", "json"], capture_output=True, text=True, timeout=300, check=False
            ).stdout
        except subprocess.TimeoutExpired:
            done = ""
        failed, words = report(done)
        status |= failed
        print(f"{lock.name}: {words}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
