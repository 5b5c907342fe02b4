"""What holds between a plan and others: built again, with less known, more money, another day, a fact mended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from cpf_funding.dossier import Dossier, Part
from cpf_funding.engine.build import build_plan, replay
from cpf_funding.engine.plan import FundingPlan, VerdictLine
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.errors import InputError
from cpf_funding.facts import BUILT_IN
from cpf_funding.language import tree
from cpf_funding.language.evidence import Evidence, leaves
from cpf_funding.language.units import Unit
from cpf_funding.reading.changes import apply_changes
from cpf_funding.reading.dossiers import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    cross_problems,
    read_dossier_text,
    write_dossier_yaml,
)
from cpf_funding.report.document import plan_document
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.testing.around_facts import DERIVED, written
from cpf_funding.testing.invariants import Invariant, must
from cpf_funding.truth import Truth

__all__ = ["REBUILT", "SEARCHED"]

_MOST_FORGOTTEN = 3
"""How many facts are forgotten one at a time, chosen by the digest of the dossier, before forgetting all of them."""


def _bytes(plan: FundingPlan, rulebook: Rulebook) -> str:
    return json.dumps(plan_document(plan, rulebook), ensure_ascii=False)


# The same again ---------------------------------------------------------------------------------


def a_receipt_gives_the_same_bytes(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Replaying the receipt gives the same plan, to the byte of its JSON."""
    again = replay(plan.receipt, dossier, rulebook)
    must(again == plan, "the plan of the receipt is another")
    must(_bytes(again, rulebook) == _bytes(plan, rulebook), "the same plan is written otherwise")


def export_then_import_gives_the_same_plan(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """A dossier written as YAML or JSON and read back gives the same plan, receipt included."""
    if cross_problems(dossier) or not all(isinstance(answer, str) for answer in dossier.answers.values()):
        return  # no file is read as such a dossier
    for text in (write_dossier_yaml(dossier), dossier.model_dump_json(by_alias=True, exclude_none=True)):
        try:
            back = read_dossier_text(text)
        except InputError as error:
            must("invisible" in str(error), f"a dossier that can be written is refused: {error}")
            continue
        must(build_plan(back, rulebook, plan.as_of) == plan, "read back, it gives another plan")


def the_order_of_keys_changes_nothing(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Envelopes, delays, answers and papers written in another order give the same plan."""
    local = dossier.local.model_copy(update={
        "envelopes": _reversed(dossier.local.envelopes), "delays": _reversed(dossier.local.delays),
    })  # fmt: skip
    turned = dossier.model_copy(update={"local": local, "answers": _reversed(dossier.answers)})
    must(build_plan(turned, rulebook, plan.as_of) == plan, "written in another order, it gives another plan")


def _reversed(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mapping[name] for name in reversed(list(mapping))}


# Less and more known ----------------------------------------------------------------------------


def learning_changes_no_certainty(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """A verdict that was certain while a fact was unknown is the same once it is known.

    Left out: aids that say `first_known`, which lets what comes first decide; costs, which are not counted while they
    are unknown; the hours of the course, of which two give the third; and the start of a course that has begun, for one
    whose start is unknown is presumed to be ahead.
    """
    after = {verdict.aid: verdict.state for verdict in plan.verdicts}
    open_to_change = {aid.id for aid in rulebook.aids if any(isinstance(n, tree.FirstKnown) for n in _nodes(aid))}
    for paths in _to_forget(dossier, rulebook, plan):
        poorer = dossier
        for path in paths:
            poorer = _without(poorer, path)
        for verdict in build_plan(poorer, rulebook, plan.as_of).verdicts:
            kept = verdict.aid in open_to_change or verdict.state in (Truth.UNKNOWN, after[verdict.aid])
            told = f"{verdict.aid}: {verdict.state} without {paths}, then {after[verdict.aid]}"
            must(kept, told)


def _to_forget(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> Iterator[tuple[str, ...]]:
    stated = rulebook.local.envelopes_on(plan.as_of)
    left_out: tuple[str, ...] = (*DERIVED, "training.hours.")
    if dossier.training.start is not None and dossier.training.start < plan.as_of:
        left_out = (*left_out, "training.start")
    names = [name for name in BUILT_IN if not name.startswith(("training.costs.", *left_out))]
    known = [name for name in names if _at(dossier, name) is not None]
    known += [f"answers.{name}" for name in sorted(dossier.answers)]
    known += [f"local.envelopes.{name}" for name in sorted(dossier.local.envelopes) if name not in stated]
    ranked = sorted(known, key=lambda path: sha256(f"{plan.receipt.dossier} {path}".encode()).digest())
    yield from ((path,) for path in ranked[:_MOST_FORGOTTEN])
    if ranked:
        yield tuple(ranked)


def _at(dossier: Dossier, name: str) -> Any:
    value: Any = dossier
    for step in name.split("."):
        value = getattr(value, step)
    return value


def _without(dossier: Dossier, path: str) -> Dossier:
    """The dossier in which one field, answer or envelope is not known; no check across fields is made."""
    for free in ("answers.", "local.envelopes."):
        if path.startswith(free):
            name = path.removeprefix(free)
            if free == "answers.":
                return dossier.model_copy(update={"answers": _less(dossier.answers, name)})
            local = dossier.local.model_copy(update={"envelopes": _less(dossier.local.envelopes, name)})
            return dossier.model_copy(update={"local": local})
    return _put(dossier, path.split("."), None)


def _less(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


_Part = TypeVar("_Part", bound=Part)


def _put(part: _Part, steps: list[str], value: Any) -> _Part:
    first, *rest = steps
    inner = _put(getattr(part, first), rest, value) if rest else value
    return part.model_copy(update={first: inner})


def _nodes(aid: Aid) -> Iterator[tree.Node]:
    shape = aid.shape
    for root in (shape.scope, shape.eligibility, shape.firm_when, shape.amount, shape.procedure.notice):
        if root is not None:
            yield from tree.walk(root)


# More money -------------------------------------------------------------------------------------


def more_money_never_funds_less(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """A richer account or a fuller envelope never leaves more to find, unless a rule of the plan says otherwise."""
    aids = {v.aid: rulebook.aid(v.aid) for v in plan.verdicts if v.state is not Truth.NO}
    for name, more in richer(dossier):
        if not any(_may_turn(aid, name, aids.keys()) for aid in aids.values()):
            after = build_plan(more, rulebook, plan.as_of).unfunded
            must(after <= plan.unfunded, f"with more in {name}, {after} is left instead of {plan.unfunded}")


_MORE = 12_345
"""A hundred euros and some, or as many hundredths of an hour."""


def richer(dossier: Dossier) -> Iterator[tuple[str, Dossier]]:
    """The dossier with more in each account, contribution or envelope that it gives a figure for, and which one."""
    for name in ("cpf.balance", "cpf.hours", "cpf.dif_hours", "means.employer", "means.holder_can_pay"):
        now = _at(dossier, name)
        if now is not None:
            yield name, _put(dossier, name.split("."), now + _MORE)
    for name, envelope in dossier.local.envelopes.items():
        if envelope.left is not None:
            fuller = envelope.model_copy(update={"left": envelope.left + _MORE})
            local = dossier.local.model_copy(update={"envelopes": {**dossier.local.envelopes, name: fuller}})
            yield f"envelope:{name}", dossier.model_copy(update={"local": local})


def _may_turn(aid: Aid, name: str, present: AbstractSet[str]) -> bool:
    """Whether a rule lets more money fund less: it looks at that money otherwise than as a ceiling, or at who pays.

    `needs` and `waived_by` make a payment a condition; what is subtracted, or compared, turns the other way.
    """
    if present & (aid.needs | aid.waived_by | aid.joins):
        return True
    shape = aid.shape
    asked = [node for root in (shape.scope, shape.eligibility, shape.firm_when) if root for node in tree.walk(root)]
    for node in tree.walk(shape.amount):
        if isinstance(node, tree.Choose):
            asked += [below for choice in node.choose for below in tree.walk(choice.when)]
        elif isinstance(node, tree.Difference):
            asked += tree.walk(node.difference[1])
    fact = any(isinstance(n, tree.FactRef | tree.Compare) and n.fact == name for n in asked)
    return fact or any(isinstance(n, tree.PaidBy | tree.EnvelopeLeft) for n in asked)


# A fact mended ----------------------------------------------------------------------------------


def a_value_past_its_threshold_removes_the_refusal(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """The evidence of a refusal names a fact, a comparison and a threshold: once moved past it, that reason is gone."""
    if cross_problems(dossier):
        return
    for verdict, evidence in _reasons(plan):
        for value in _past(evidence):
            mended = _with_fact(dossier, rulebook, evidence.subject, value)
            if mended is None:
                continue
            after = build_plan(mended, rulebook, plan.as_of)
            again = [v for v in after.verdicts if v.aid == verdict.aid and v.state is Truth.NO]
            same = [e for v in again for e in v.evidence if _is_same(e, evidence)]
            must(not same, f"{verdict.aid} is still refused for {evidence.subject} {evidence.operator} at {value}")


def _reasons(plan: FundingPlan) -> Iterator[tuple[VerdictLine, Evidence]]:
    """The elementary comparisons of facts that refuse an aid, two for each plan at most."""
    found = (
        (verdict, evidence)
        for verdict in plan.verdicts
        if verdict.state is Truth.NO
        for evidence in verdict.evidence
        if evidence.kind == "fact" and evidence.subject not in DERIVED and not evidence.settings
    )
    ranked = sorted(found, key=lambda pair: sha256(f"{plan.receipt.dossier} {pair[0].aid}".encode()).digest())
    yield from ranked[:2]


def _past(evidence: Evidence) -> Iterator[Any]:
    """A value that satisfies a failed comparison, from the evidence alone."""
    bound = evidence.expected[0]
    step = timedelta(days=1) if isinstance(bound, date) else 1
    if evidence.operator in ("above", "after"):
        yield bound + step  # type: ignore[operator]
    elif evidence.operator in ("below", "before"):
        yield bound - step  # type: ignore[operator]
    elif bound is not None:
        yield bound


def _with_fact(dossier: Dossier, rulebook: Rulebook, name: str, value: Any) -> Dossier | None:
    """The dossier with another value of a fact; `None` when no dossier can say so."""
    text = written(rulebook.facts[name], value)
    path = name if name in BUILT_IN else f"answers.{name}"
    if isinstance(rulebook.facts[name].kind, Unit) and str(text).startswith("-"):
        return None
    try:
        return apply_changes(dossier, {path: str(text).lower() if isinstance(text, bool) else str(text)})
    except InputError:
        return None


def _is_same(one: Evidence, other: Evidence) -> bool:
    compared = ("subject", "operator", "expected", "origin", "truth")
    return one.kind == "fact" and all(getattr(one, name) == getattr(other, name) for name in compared)


# Days -------------------------------------------------------------------------------------------


def the_latest_filing_date_is_the_latest(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Filed on the latest date, a request is in time; a day later, it is not; where both days have the same rules."""
    asked = {request.aid for request in dossier.local.already_asked}
    dated = [v for v in plan.verdicts if v.file_by is not None and v.aid not in asked]
    for day in sorted({v.file_by for v in dated if v.file_by is not None})[:2]:
        later = day + timedelta(days=1)
        if not EARLIEST_YEAR < day.year < LATEST_YEAR:
            continue
        on_time, late = (_notices(build_plan(dossier, rulebook, when)) for when in (day, later))
        for id in [v.aid for v in dated if v.file_by == day]:
            if id in on_time and on_time[id][0] == day:
                must(on_time[id][1] is Truth.YES, f"{id} is late on {day}, its latest date")
            if id in late and late[id][0] == day:
                must(late[id][1] is not Truth.YES, f"{id} is in time on {later}, after its latest date")


def _notices(plan: FundingPlan) -> dict[str, tuple[date | None, Truth]]:
    """By aid, its latest date, and whether it is in time on the day of the plan, when the verdict tells."""
    found = {}
    for verdict in plan.verdicts:
        told = [e.truth for each in verdict.evidence for e in leaves(each) if e.kind == "notice"]
        if told:
            found[verdict.aid] = (verdict.file_by, told[0])
    return found


# Remedies ---------------------------------------------------------------------------------------


def remedies_keep_their_promise(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Each remedy, applied, clears its cause or completes the plan, and leaves what it said, never more than before."""
    if cross_problems(dossier):
        return
    for cause in find_remedies(dossier, rulebook, plan, plan.as_of).causes:
        for remedy in cause.remedies:
            changed = apply_changes(dossier, remedy.changes)
            after = build_plan(changed, rulebook, changed.as_of if "as_of" in remedy.changes else plan.as_of)
            promised = (remedy.unfunded, remedy.holder_pays)
            must((after.unfunded, after.holder_pays) == promised, f"{remedy.lever} promised {promised}")
            must(after.unfunded <= plan.unfunded, f"{remedy.lever} leaves more to find")
            must(remedy.completes or cause.id in remedy.clears, f"{remedy.lever} does nothing for {cause.id}")
            must(remedy.completes is after.complete, f"{remedy.lever} completes the plan, or does not, wrongly")
            states = {each.id: each.state for each in after.causes}
            left = {id: states[id] for id in remedy.clears if states.get(id, "clear") not in ("clear", "watch")}
            must(not left, f"{remedy.lever} says that it clears {left}")


REBUILT: tuple[Invariant, ...] = (
    a_receipt_gives_the_same_bytes, export_then_import_gives_the_same_plan, the_order_of_keys_changes_nothing,
    learning_changes_no_certainty, more_money_never_funds_less, a_value_past_its_threshold_removes_the_refusal,
    the_latest_filing_date_is_the_latest,
)  # fmt: skip
"""Those that build a few plans more."""

SEARCHED: tuple[Invariant, ...] = (remedies_keep_their_promise,)
"""Those that search, and build a hundred plans more."""
