"""Short ways to write a worked case: a price, some aids, and who pays what in euros."""

from __future__ import annotations

from typing import Any

from cpf_funding import Dossier, FundingPlan, Rulebook, build_plan
from cpf_funding.money import plain
from rulebooks import aid, rulebook, value


def price(teaching: str, **parts: Any) -> Dossier:
    """A dossier of 1 March 2017 whose teaching costs this much; `costs` gives other lines, other keys other parts."""
    training = dict(parts.pop("training", {}))
    training["costs"] = {"teaching": teaching, **parts.pop("costs", {})}
    return Dossier.model_validate({"id": "essai", "as_of": "2017-03-01", "training": training, **parts})


def payments(plan: FundingPlan) -> dict[str, str]:
    """What each aid pays, in order of mobilisation, in euros."""
    return {c.aid: plain(c.amount) for c in plan.contributions}


def outcome(plan: FundingPlan) -> tuple[dict[str, str], str, str]:
    """Who pays what, what the holder pays, what is left."""
    return payments(plan), plain(plan.holder_pays), plain(plan.unfunded)


def planned(book: Rulebook, dossier: Dossier) -> tuple[dict[str, str], str, str]:
    """The outcome of a dossier."""
    return outcome(build_plan(dossier, book))


def cpf(balance: str, order: int = 10, **others: Any) -> dict[str, Any]:
    """A right with this balance."""
    return aid("cpf", order, value(balance), kind="right", **others)


def participation(amount: str = "103.20", **relations: Any) -> dict[str, Any]:
    """The person's flat contribution, due with the CPF."""
    return aid(
        "holder.participation", 0, value(amount), kind="mandatory", funder="holder",
        relations={"with": ["cpf"], **relations},
    )  # fmt: skip


def share(percent: str, lines: tuple[str, ...] = ("teaching",), **others: Any) -> dict[str, Any]:
    """A percentage of what is left on some lines."""
    return {"share": {"value": percent, "unit": "%"}, "of": {"remaining": list(lines)}, **others}


def left(*lines: str) -> dict[str, Any]:
    """What is left on some lines, teaching by default."""
    return {"remaining": list(lines or ("teaching",))}


def books(*aids: dict[str, Any], **others: Any) -> Rulebook:
    """A rulebook of these aids."""
    return rulebook(*aids, **others)
