"""What is kept from one dossier to the next never changes a plan, even when what is kept is full and thrown away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cpf_funding import Dossier, build_plan
from cpf_funding.engine import screening
from cpf_funding.language import amounts, context
from rulebooks import aid, rulebook, value

FIRST = date(2017, 3, 1)
CEILING = {
    "unit": "EUR", "clock": "filing", "by": "holder.region",
    "values": [
        {"from": str(FIRST + timedelta(days=day)), "for": region, "value": str(100 * rank + day), "source": "essai",
         **({"until": str(FIRST + timedelta(days=day))} if day < 4 else {})}
        for rank, region in enumerate(("75", "93"), 1) for day in range(5)
    ],
}  # fmt: skip


def dossier(region: str) -> Dossier:
    return Dossier.model_validate({"holder": {"region": region}, "training": {"costs": {"teaching": "1000"}}})


@pytest.mark.parametrize("most", [1, 2, 256])
def test_plans_of_many_days_and_regions(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the fifth day, and after, the ceiling of region 75 is 104, that of region 93 is 204; a third has none."""
    for module, name in ((amounts, "MOST_KEPT"), (context, "MOST_KEPT"), (screening, "MOST_PROFILES")):
        monkeypatch.setattr(module, name, most)
    here: dict[str, Any] = {"fact": "holder.region", "in": ["75", "93"]}
    book = rulebook(
        aid("a", 10, {"parameter": "ceiling"}, parameters={"ceiling": CEILING}, scope=here),
        aid("b", 20, {"least_of": [value("30"), {"parameter": "a.ceiling"}]}, eligibility={"not": here}),
    )
    for _ in range(2):
        for day in (4, 0, 3, 1, 2, 5):
            for rank, region in enumerate(("75", "93"), 1):
                plan = build_plan(dossier(region), book, FIRST + timedelta(days=day))
                paid = {c.aid: c.amount for c in plan.contributions}
                assert paid == {"a": (100 * rank + min(day, 4)) * 100}
        assert [c.amount for c in build_plan(dossier("53"), book, FIRST).contributions] == [3000]
