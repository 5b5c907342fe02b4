from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.tables import ON, dossiers, rows
from cpf_funding.cli import main
from cpf_funding.rulebook.load import load_rulebook

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


@pytest.fixture
def parquet(tmp_path: Path, dossier: str, rules: str) -> Path:
    """A table of the small dossier and its neighbours."""
    from cpf_funding.frames import dossiers_to_table

    path = tmp_path / "dossiers.parquet"
    dossiers_to_table(dossiers(dossier), load_rulebook(rules=rules)).write_parquet(path)
    return path


@pytest.fixture
def plan_csv(run: Any, tmp_path: Path, rules: str) -> Any:
    """Run the command on the text of a CSV file: what it did, the plans and the rejected rows."""

    def call(text: str | bytes, *options: str) -> tuple[Any, list[dict[str, str]], list[dict[str, str]]]:
        source, plans, rejected = (tmp_path / name for name in ("in.csv", "out.csv", "out.rejets.csv"))
        source.write_bytes(text.encode() if isinstance(text, str) else text)
        found = run("table", str(source), "-o", str(plans), "--rules", rules, *(options or ON))
        left = [path.name for path in tmp_path.iterdir() if path not in (source, plans, rejected)]
        assert not left
        return found, *([] if not path.exists() else rows(path) for path in (plans, rejected))

    return call
