from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cpf_funding.cli import main

DATA = Path(__file__).resolve().parents[1] / "data"
RULES = str(DATA / "rules_small")
DOSSIER = str(DATA / "dossiers" / "small.yaml")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process and return its exit code and what it printed."""

    def call(*arguments: str) -> Outcome:
        code = main(list(arguments))
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture
def rules() -> str:
    return RULES


@pytest.fixture
def dossier() -> str:
    return DOSSIER
