"""The oldest releases that pyproject.toml allows, as constraints for pip: one line for each that the library may need.

python scripts/lowest.py > lowest.txt && pip install --constraint lowest.txt '.[all]'
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
TOOLS = ("test", "docs", "dev")
"""What only those who work on the project install."""
_BOUNDED = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)>=(?P<floor>[0-9][0-9a-z.]*),<(?P<ceiling>[0-9][0-9.]*)")


def bounded() -> dict[str, tuple[str, str]]:
    """The floor and the ceiling of each package that the library, or one of its extras, needs to run.

    Raises `ValueError` for a requirement without both, and for a package that two extras bound differently.
    """
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    extras = (lines for group, lines in project["optional-dependencies"].items() if group not in TOOLS)
    found: dict[str, tuple[str, str]] = {}
    for requirement in (line for lines in (project["dependencies"], *extras) for line in lines):
        if requirement.startswith(f"{project['name']}["):
            continue
        match = _BOUNDED.fullmatch(requirement)
        if match is None:
            raise ValueError(f"{requirement}: write name>=oldest,<next")
        bounds = match["floor"], match["ceiling"]
        if found.setdefault(match["name"], bounds) != bounds:
            raise ValueError(f"{match['name']}: bounded differently by two extras")
    return found


def main() -> int:
    """Print the constraints."""
    for name, (floor, _) in bounded().items():
        print(f"{name}=={floor}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
