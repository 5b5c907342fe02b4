"""`plan --save-case`: what a run gave becomes a case that passes, and says nothing of who the person is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpf_funding.testing.cases import read_cases, run_case
from generators import packaged

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "docs" / "examples").glob("0*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem[:2])
def test_a_saved_case_passes(run, tmp_path, example):
    """The case, read back, expects what the engine gives without the person's identity."""
    saved = tmp_path / "case.yaml"
    assert run("plan", str(example), "--save-case", str(saved)).code == 0
    (case,) = read_cases(saved)
    assert run_case(case, packaged()) == []


def test_a_saved_case_names_nobody(run, tmp_path):
    """Neither the birth date, the identifier, the names nor the free texts of the dossier are in the case."""
    text = EXAMPLES[0].read_text(encoding="utf-8").replace("id: exemple-01", "id: MARTIN-1978", 1)
    dossier = tmp_path / "dossier.yaml"
    dossier.write_text(text, encoding="utf-8")
    saved = tmp_path / "case.yaml"
    assert run("plan", str(dossier), "--save-case", str(saved)).code == 0
    written = saved.read_text(encoding="utf-8")
    born = next(line.split()[1] for line in text.splitlines() if "birth_date" in line)
    title = next(line.split(":", 1)[1].strip() for line in text.splitlines() if line.strip().startswith("title:"))
    for secret in ("MARTIN", born, title):
        assert secret not in written


def test_an_existing_file_is_not_replaced(run, tmp_path):
    """Nothing is lost by a slip: the file must not exist."""
    saved = tmp_path / "case.yaml"
    saved.write_text("à garder", encoding="utf-8")
    assert run("plan", str(EXAMPLES[0]), "--save-case", str(saved)).code == 2
    assert saved.read_text(encoding="utf-8") == "à garder"
