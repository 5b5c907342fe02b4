"""Papers are looked at on the first day each aid can be asked for, which another answer may put off."""

from __future__ import annotations

from datetime import date

from cpf_funding import Dossier, build_plan
from cpf_funding.engine.checklist import Lack, lacking
from cpf_funding.testing.drafts import Draft
from rulebooks import aid, value

DELAY = {bound: {"value": "40", "unit": "calendar_days"} for bound in ("least", "usual", "most")}


def lacks(made_on: str | None, answer: dict[str, object], held: bool = True) -> list[Lack]:
    """The quote is good for one month; b is asked when a has answered."""
    drafted = Draft(
        [
            aid("a", 10, value("300"), procedure={"answer": answer}),
            aid("b", 20, value("300"), procedure={"after": ["a"], "documents": ["devis"]}),
        ],
        documents={"devis": {"label": "Devis", "given_by": "l'organisme", "valid_months": 1}},
    ).rulebook()
    dossier = Dossier.model_validate(
        {
            "as_of": "2017-03-01",
            "training": {"start": "2017-09-01", "costs": {"teaching": "900"}},
            "local": {"documents": [{"document": "devis", "on": made_on}] if held else []},
        }
    )
    return list(lacking(build_plan(dossier, drafted), dossier))


def test_a_paper_good_today_is_too_old_when_the_turn_of_the_aid_comes() -> None:
    """Forty days after 1 March is 10 April: a quote of 9 March dies on the 9th of April, one of the 10th lives."""
    assert lacks("2017-03-09", DELAY) == [Lack("b", "devis", "expired", date(2017, 4, 9))]
    assert lacks("2017-03-10", DELAY) == []


def test_when_nobody_knows_that_day_the_paper_is_looked_at_today() -> None:
    """A quote of 31 January dies on 28 February, the day before the plan; one of 1 February on the day of the plan."""
    assert lacks("2017-01-31", {}) == [Lack("b", "devis", "expired", date(2017, 2, 28))]
    assert lacks("2017-02-01", {}) == []


def test_a_paper_that_nobody_holds_is_missing_for_its_aid() -> None:
    assert lacks(None, {}, held=False) == [Lack("b", "devis", "missing")]


def test_a_paper_without_a_date_that_can_expire() -> None:
    assert lacks(None, {}) == [Lack("b", "devis", "undated")]
