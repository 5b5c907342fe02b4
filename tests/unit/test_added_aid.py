"""The aid of docs/how-to/add-an-aid.md: added by a file, with no code, and it pays what a newcomer expects."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.check import check
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.truth import Truth

DATA = Path(__file__).parents[1] / "data"
AID = DATA / "added_aid" / "aide-du-littoral.yaml"


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    shutil.copytree(DATA / "rules_small", tmp_path / "rules")
    shutil.copy(AID, tmp_path / "rules" / "national")
    return load_rulebook(rules=tmp_path / "rules")


def plan(book: Rulebook, region: str, teaching: str, validated: bool = False, **training: Any) -> FundingPlan:
    """A job seeker with 50 hours on the account, which are worth 450 EUR; 12 months to the day."""
    dates = {"start": "2017-06-05", "end": "2018-06-04"}
    return build_plan(
        Dossier.model_validate(
            {
                "as_of": "2017-03-01",
                "holder": {"status": "job_seeker", "registered": True, "region": region},
                "cpf": {"account_open": True, "hours": "50", "consent": {"given": True}},
                "training": {
                    "cpf_eligible": True, "kind": "certifying", "hours": {"total": "400"},
                    "costs": {"teaching": teaching}, **{**dates, **training},
                },
                "project": {"validated": validated},
                "local": {"envelopes": {"agence.aide": {"state": "open"}}},
            }
        ),
        book,
    )  # fmt: skip


def paid(found: FundingPlan) -> dict[str, int]:
    return {line.aid: line.amount for line in found.contributions}


def test_it_takes_less_than_forty_lines() -> None:
    assert len(AID.read_text(encoding="utf-8").splitlines()) < 40


def test_nothing_in_it_is_doubtful(book: Rulebook) -> None:
    assert [f.text("") for f in check(book).findings if f.where.startswith("agence.littoral")] == []


def test_it_pays_its_share_of_what_is_left(book: Rulebook) -> None:
    """1500.00 less 450.00 is 1050.00; 80 % is 840.00."""
    assert paid(plan(book, "53", "1500.00")) == {"compte": 45000, "agence.littoral": 84000}


@pytest.mark.parametrize(("region", "ceiling"), [("53", 150000), ("93", 100000)])
def test_it_pays_no_more_than_the_ceiling_of_the_region(book: Rulebook, region: str, ceiling: int) -> None:
    """4000.00 less 450.00 is 3550.00; 80 % is 2840.00, above both ceilings."""
    assert paid(plan(book, region, "4000.00")) == {"compte": 45000, "agence.littoral": ceiling}


def test_a_day_over_twelve_months_loses_it(book: Rulebook) -> None:
    found = plan(book, "53", "1500.00", end="2018-06-05")
    verdict = next(each for each in found.verdicts if each.aid == "agence.littoral")
    assert (verdict.state, verdict.causes) == (Truth.NO, ("training_over_one_year",))
    assert paid(found) == {"compte": 45000}


def test_it_never_stands_with_the_aid_it_excludes(book: Rulebook) -> None:
    """In region 75 the other aid pays up to 3000.00: it alone leaves less unfunded than 1000.00 from this one."""
    assert paid(plan(book, "75", "4000.00", validated=True)) == {"compte": 45000, "agence.aide": 300000}
