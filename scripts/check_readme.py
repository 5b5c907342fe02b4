"""Run the commands of the README's first screen, as a newcomer would: verbatim, in order, in a fresh clone.

Usage: python scripts/check_readme.py
The clone holds what is committed. The first command that fails ends the run with its exit code.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_SCREEN = 60
COMMANDS = 2


def commands(readme: str) -> list[str]:
    """The fenced `sh` blocks of the first screen: exactly one that does the main job, then one that runs the tests."""
    head = "\n".join(readme.splitlines()[:FIRST_SCREEN])
    found = [block.strip() for block in re.findall(r"^```sh\n(.*?)^```$", head, flags=re.DOTALL | re.MULTILINE)]
    if len(found) != COMMANDS or any("\n" in command for command in found):
        sys.exit(f"README.md: {COMMANDS} one-line sh blocks expected in the first {FIRST_SCREEN} lines, found {found}")
    return found


def main() -> int:
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place, "clone")
        subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], check=True)
        for command in commands((clone / "README.md").read_text(encoding="utf-8")):
            print(f"$ {command}", flush=True)
            done = subprocess.run(
                ["bash", "-c", command], cwd=clone, env=environment, stdin=subprocess.DEVNULL, check=False
            )
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
