"""The repository keeps its own rules: sizes, the one direction of imports, its public names, no funder in the code."""

from __future__ import annotations

import ast
import graphlib
import importlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

import cpf_funding

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
LONGEST = 420

# From the lowest room to the highest; a module belongs to its most precise entry and imports only from its own room
# and from rooms listed before it.
ROOMS = (
    "_version", "errors", "truth", "money", "language.units", "dossier", "calendars", "facts", "language.tree",
    "language", "reading", "rulebook", "accrual", "income", "engine", "frames", "portfolio", "exchange", "report",
    "testing", "", "commands", "cli", "__main__",
)  # fmt: skip

PUBLIC = {
    "CpfFundingError", "Dossier", "FundingPlan", "InputError", "LimitError", "Origin", "Problem", "Receipt", "Rulebook",
    "__version__", "build_plan", "load_rulebook", "plan_frame", "read_dossier", "replay",
}  # fmt: skip

FUNDERS = re.compile(
    r"agefiph|fiphfp|fongecif|opacif|\bopca_|\bopco_|afpr\b|poei\b|poec\b|france_travail|pole_emploi|transitions?_pro"
    r"|fpspp|unagecif|uniformation|unifaf|opcalia|agefos|constructys|opcommerce|afdas|akto|atlas|ocapiat",
    re.IGNORECASE,
)


def module_name(path: Path) -> str:
    """The name of a module without the package's: `engine.plan`, or nothing for the package itself."""
    parts = path.relative_to(SOURCE / "cpf_funding").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def room(name: str) -> str:
    """The most precise entry of `ROOMS` that holds a module; fails for a module that no entry holds."""
    if name in ROOMS:
        return name
    assert "." in name, f"{name} is in no room: give it a place in ROOMS"
    return room(name.rpartition(".")[0])


def imports(nodes: Iterable[ast.AST]) -> set[str]:
    """The modules of this package that some code imports."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            targets = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            package, _, inner = target.partition(".")
            if package == "cpf_funding":
                found.add(inner if inner in MODULES else inner.rpartition(".")[0])
    return found


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks", "scripts"])
def test_no_file_is_long(folder: str) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert lengths
    assert not {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LONGEST}


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
    folders = ("src", "tests", "benchmarks", "scripts", "docs", "rules")
    texts = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".yaml", ".json", ".toml"} and "_build" not in path.parts
    ]
    assert len(texts) > len(MODULES)
    assert not [str(path) for path in texts if later.search(path.read_text(encoding="utf-8", errors="replace"))]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_can_be_imported(name: str) -> None:
    assert importlib.import_module(f"cpf_funding.{name}".rstrip(".")).__doc__ is not None or not tree(name).body


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_room_imports_only_what_stands_below_it(name: str) -> None:
    highest = ROOMS.index(room(name))
    assert not {other for other in imports(ast.walk(tree(name))) if ROOMS.index(room(other)) > highest}


def test_no_module_needs_itself_to_be_imported() -> None:
    """An import inside a function, between two functions that call each other, is no cycle."""
    graphlib.TopologicalSorter({name: imports(tree(name).body) for name in MODULES}).prepare()


def test_the_public_names_are_those_agreed() -> None:
    assert set(cpf_funding.__all__) == PUBLIC
    assert not [name for name in PUBLIC if not hasattr(cpf_funding, name)]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_funder_is_named_in_the_code(name: str) -> None:
    assert not FUNDERS.findall(MODULES[name].read_text(encoding="utf-8"))


def test_no_aid_is_named_in_the_code() -> None:
    """A whole text equal to an aid's id; the person's and the employer's own money are no funder's aid."""
    rules = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*/*.yaml"))
    aids = {aid for aid in re.findall(r"^[ -]*aid: ([a-z0-9_.-]+)$", rules, re.MULTILINE) if "." in aid}
    aids = {aid for aid in aids if not aid.startswith("holder.")}
    assert aids
    texts = {
        (name, node.value)
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not {(name, text) for name, text in texts if text in aids}
