"""Before 2016 regions had other codes; a regional ceiling that nobody recorded is unknown, neither zero nor absent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cpf_funding import Dossier, FundingPlan, Rulebook, build_plan
from cpf_funding.language.values import State
from cpf_funding.truth import Truth
from generators import packaged

AIF = "ft.aif"
IN_2015, IN_2018 = date(2015, 6, 1), date(2018, 11, 12)
OLD_CODES = ["11", "21", "22", "23", "24", "25", "26", "31", "41", "42", "43", "52", "53", "54", "72", "73", "74", "82",
             "83", "91", "93", "94"]  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return packaged()


def plan(book: Rulebook, region: str, day: date, **training: Any) -> FundingPlan:
    """A job seeker's course of 300 hours at 3 000 euros, with 40 hours of DIF, everything else known."""
    start = day + timedelta(days=45)
    data = {
        "holder": {
            "status": "job_seeker", "registered": True, "disability": "none", "region": region, "qualification": 3,
            "birth_date": "1980-01-01",
        },
        "cpf": {"account_open": True, "hours": 0, "dif_hours": 40, "consent": {"given": True}},
        "training": {
            "kind": "certifying", "cpf_eligible": True, "modality": "in_person", "provider": {"qualiopi": True},
            "region": region, "start": start, "end": start + timedelta(days=90), "weekly_hours": "30",
            "hours": {"total": "300", "centre": "300", "company": "0"}, "costs": {"teaching": "3000.00"}, **training,
        },
        "project": {"validated": True},
        "local": {"envelopes": {AIF: {"state": "open"}, "fpspp.top_up_2015": {"state": "open"}}},
        "means": {"employer": "0", "holder_can_pay": "0"},
        "answers": {"fpspp.already_used": True, "course.aif_excluded": False},
    }  # fmt: skip
    return build_plan(Dossier.model_validate(data), book, on=day)


@pytest.mark.parametrize("region", OLD_CODES)
def test_a_dossier_of_2015_with_the_code_of_its_region_then(book: Rulebook, region: str) -> None:
    """40 h of DIF at 9 euros make 360; the AIF could pay the other 2 640, and may as well pay nothing."""
    found = plan(book, region, IN_2015)
    shares = {share.aid: share for share in found.contributions if share.amount}
    assert {aid: share.amount for aid, share in shares.items()} == {"cpf.dif": 36_000, AIF: 264_000}
    assert shares[AIF].standing == "to_confirm"
    assert "parameter:aif.ceiling" in shares[AIF].confirm
    assert (found.unfunded, found.unfunded_worst) == (0, 264_000)


@pytest.mark.parametrize(
    ("old", "aid"),
    [
        ("74", "region.75.individual"),
        ("54", "region.75.individual"),
        ("72", "region.75.individual"),
        ("23", "region.28.qualif_individuel"),
        ("25", "region.28.qualif_individuel"),
        ("22", "region.32.pass_formation"),
        ("31", "region.32.pass_formation"),
        ("42", "region.44.individual"),
        ("82", "region.84.api"),
        ("83", "region.84.api"),
    ],
)
def test_the_aid_of_the_region_that_followed_is_a_question(book: Rulebook, old: str, aid: str) -> None:
    verdicts = {verdict.aid: verdict for verdict in plan(book, old, IN_2015).verdicts}
    assert verdicts[aid].state is Truth.UNKNOWN
    assert f"in_force:{aid}" in verdicts[aid].missing
    assert not verdicts[aid].presumed


@pytest.mark.parametrize(
    ("region", "day", "ceiling"),
    [
        ("76", date(2018, 8, 27), None),
        ("76", date(2018, 8, 28), 100_000),
        ("76", date(2019, 2, 14), 100_000),
        ("32", date(2018, 12, 3), 250_000),
        ("32", date(2020, 11, 6), 250_000),
        ("32", date(2020, 11, 7), None),
        ("44", date(2018, 12, 3), None),
        ("73", date(2018, 12, 3), None),
    ],
)
def test_a_ceiling_is_known_only_where_and_when_it_was_seen(
    book: Rulebook, region: str, day: date, ceiling: int | None
) -> None:
    setting = book.parameters["aif.ceiling"].at(day, region)
    assert (setting.state is State.VALID) is (ceiling is not None)
    assert setting.value == ceiling


def test_an_unknown_ceiling_is_neither_zero_nor_absent(book: Rulebook) -> None:
    """On the same day: 1 000 euros in Occitanie, full cover in Île-de-France, not known in Pays de la Loire."""
    amounts, worst = {}, {}
    for region in ("76", "11", "52"):
        found = plan(book, region, IN_2018)
        amounts[region] = next((s.amount for s in found.contributions if s.aid == AIF), 0)
        worst[region] = found.unfunded_worst
    verdicts = {v.aid: v for v in plan(book, "76", IN_2018).verdicts}
    assert verdicts[AIF].potential == 100_000
    assert verdicts[AIF].lost_to == "own_money"
    assert amounts == {"76": 0, "11": 264_000, "52": 264_000}
    assert worst == {"76": 264_000, "11": 0, "52": 264_000}
