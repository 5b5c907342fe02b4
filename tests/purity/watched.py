"""Plans to build again and again, and a watch on what a call does besides computing."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from cpf_funding import Dossier, FundingPlan, Rulebook, build_plan, read_dossier
from cpf_funding.report.document import plan_document

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("[0-9]*.yaml"))

OUTSIDE = frozenset(
    {"posix", "nt", "time", "_io", "_socket", "_ssl", "select", "_random", "_locale", "_posixsubprocess", "_signal"}
)
"""Modules in C that know of a clock, a file, a network, a process, chance or the place where one runs."""
TOLD = frozenset({"today", "now", "utcnow", "print", "input", "open", "__import__", "exec", "eval"})
"""Functions of other modules in C that know, or that tell."""
READERS = frozenset(
    {
        "os", "posixpath", "ntpath", "random", "locale", "logging", "socket", "subprocess", "tempfile", "pathlib", "io",
        "warnings", "gettext",
    }
)  # fmt: skip
"""Modules in Python of the same sort."""


def dossiers() -> list[Dossier]:
    """The dossiers of the documentation, which between them ask for most aids."""
    return [read_dossier(path) for path in EXAMPLES]


def document(plan: FundingPlan, rulebook: Rulebook) -> bytes:
    """A plan as the bytes that are published."""
    return json.dumps(plan_document(plan, rulebook), ensure_ascii=False).encode()


def written(dossier: Dossier, rulebook: Rulebook) -> bytes:
    """The plan of a dossier as bytes."""
    return document(build_plan(dossier, rulebook), rulebook)


@contextmanager
def watching() -> Iterator[set[str]]:
    """Fills the set with every function called that reads, or writes to, anything but its arguments."""
    found: set[str] = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            module = frame.f_globals.get("__name__", "").partition(".")[0]
            if module in READERS:
                found.add(f"{module}.{frame.f_code.co_name}")
        elif event == "c_call" and (_module(argument) in OUTSIDE or argument.__name__ in TOLD):
            found.add(f"{_module(argument)}.{argument.__name__}")

    before, collecting = sys.getprofile(), gc.isenabled()
    gc.disable()  # who measures collections (Hypothesis does) would be seen reading the clock
    sys.setprofile(watch)
    try:
        yield found
    finally:
        sys.setprofile(before)
        if collecting:
            gc.enable()


def _module(function: Callable[..., Any]) -> str | None:
    owner = getattr(function, "__self__", None)
    return function.__module__ or getattr(type(owner), "__module__", None)
