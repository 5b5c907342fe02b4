"""Run the two commands of the README's first screen, as a newcomer would: verbatim, in order, in a fresh clone.

Usage: python scripts/check_readme.py
The first `sh` block shows a plan, in which every line of the `text` block must appear; the second runs the tests. The
clone holds what is committed. The first command that fails ends the run with its exit code.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIRST_SCREEN = 60


def blocks(readme: str, language: str) -> list[str]:
    """The fenced blocks of a language on the first screen."""
    head = "\n".join(readme.splitlines()[:FIRST_SCREEN])
    return re.findall(rf"^```{language}\n(.*?)^```$", head, flags=re.DOTALL | re.MULTILINE)


def missing(promised: str, shown: str) -> list[str]:
    """The promised lines that were not shown; a line that is only an ellipsis stands for lines left out."""
    lines = shown.splitlines()
    return [line for line in promised.splitlines() if line not in ("", "…") and line not in lines]


def main() -> int:
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place, "clone")
        subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], check=True)
        readme = (clone / "README.md").read_text(encoding="utf-8")
        plan, tests = blocks(readme, "sh")
        (promised,) = blocks(readme, "text")

        def run(command: str, **options: Any) -> subprocess.CompletedProcess[str]:
            print(f"$ {command.strip()}", flush=True)
            return subprocess.run(
                ["bash", "-c", command], cwd=clone, env=environment, stdin=subprocess.DEVNULL, check=False, **options
            )

        shown = run(plan, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        if lost := missing(promised, shown.stdout):
            print(shown.stdout, f"README.md promises lines that are not shown: {lost}", sep="\n")
            return 1
        return shown.returncode or run(tests).returncode


if __name__ == "__main__":
    sys.exit(main())
