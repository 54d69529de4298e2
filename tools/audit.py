"""Ask the advisory service about every locked package.

What it was not asked about does not count as fine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_LOCKS = ("requirements/run.txt", "requirements/dev.txt")


def verdict(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Exit status and lines for pip-audit's report: 1 for a known vulnerability, 2 for what nobody knows."""
    packages = report.get("dependencies", [])
    bad = [
        f"{each['name']} {each['version']}: {known['id']}, mended in "
        + (", ".join(known["fix_versions"]) or "no version")
        for each in packages
        for known in each.get("vulns", ())
    ]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    asked = len(packages) - len(skipped)
    if bad:
        return 1, [*bad, f"{len(bad)} known vulnerabilities in {asked} packages."]
    if skipped or not packages:
        return 2, [
            f"Not audited: the advisory service answered for {asked} of {len(packages)} packages only."
        ]
    return 0, [f"No known vulnerability in {asked} packages."]


def main() -> int:
    """Audit both lock files; the worse status of the two."""
    worst = 0
    for lock in _LOCKS:
        program = str(Path(sys.executable).with_name("pip-audit"))
        options = [
            "--disable-pip",
            "--require-hashes",
            "--progress-spinner",
            "off",
            "--format",
            "json",
        ]
        done = subprocess.run(
            [program, *options, "-r", lock], capture_output=True, text=True, check=False
        )
        try:
            report = json.loads(done.stdout)
        except ValueError:
            print(*done.stderr.splitlines()[-1:])
            report = {}
        status, lines = verdict(report)
        print(f"{lock}:", *lines, sep="\n  ")
        worst = max(worst, status)
    return worst


if __name__ == "__main__":
    sys.exit(main())
