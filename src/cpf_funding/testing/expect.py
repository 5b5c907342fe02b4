"""What a worked case expects of a plan, and how a plan differs from it, in French."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from cpf_funding.dossier import Cents, Day, Unplaced
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.errors import Problem
from cpf_funding.language.tree import Node, Scalar
from cpf_funding.money import in_french
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["Difference", "Expect", "ExpectedError", "differences", "refusal_differences"]

Amounts = Annotated[dict[str, Cents], Unplaced]
Changes = Annotated[dict[str, Annotated[dict[str, Scalar], Unplaced]], Unplaced]
"""By lever, the dossier paths that a remedy changes and their new values."""


class ExpectedError(Node):
    """The refusal that the dossier must meet: a fragment of its French message, and the line when there is one."""

    message: Annotated[str, StringConstraints(min_length=1)]
    line: Annotated[int, Field(ge=1)] | None = None


class Expect(Node):
    """What the plan must hold; only what is written is compared.

    `contributions` is the exact set of who pays what, `contributions_include` a part of it. `refused_for` gives the
    causes of a refusal (none for an aid that is not for such a person); an aid is `absent` before the first day that
    the rules know of. `file_by` is the last day to file, `answer_by` the last on which the answer comes. `alternatives`
    lists plans, as amounts by aid, that must be among the alternatives. `questions_first` is the beginning of the list
    of questions. `remedies` gives, for a cause, levers that must clear it, each with the dossier paths it changes
    (those written are compared).
    """

    contributions: Amounts | None = None
    contributions_include: Amounts = Field(default_factory=dict)
    unfunded: Cents | None = None
    holder_pays: Cents | None = None
    complete: bool | None = None
    worst: Cents | None = None
    verdicts: Annotated[dict[str, Literal["open", "refused", "unknown", "absent"]], Unplaced] = Field(
        default_factory=dict
    )
    refused_for: Annotated[dict[str, tuple[str, ...]], Unplaced] = Field(default_factory=dict)
    standings: Annotated[dict[str, Literal["granted", "right", "open", "to_confirm"]], Unplaced] = Field(
        default_factory=dict
    )
    causes: Annotated[dict[str, Literal["raised", "watch", "clear", "unknown"]], Unplaced] = Field(default_factory=dict)
    file_by: Annotated[dict[str, Day | Literal["unknown"]], Unplaced] = Field(default_factory=dict)
    answer_by: Annotated[dict[str, Day | Literal["unknown"]], Unplaced] = Field(default_factory=dict)
    confirm: Annotated[dict[str, tuple[str, ...]], Unplaced] = Field(default_factory=dict)
    questions_first: tuple[str, ...] = ()
    lost_to: Annotated[dict[str, str], Unplaced] = Field(default_factory=dict)
    alternatives: tuple[Amounts, ...] = ()
    remedies: Annotated[dict[str, Changes], Unplaced] = Field(default_factory=dict)
    error: ExpectedError | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that a plan does not meet: what was looked at, what was expected, what was found (French)."""

    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.what} : attendu {self.expected}, obtenu {self.found}"


_STATES = {Truth.YES: "open", Truth.NO: "refused", Truth.UNKNOWN: "unknown"}
_NOTHING = "rien"
_ABSENT = "aide absente du plan à cette date"


def differences(plan: FundingPlan, expect: Expect, rulebook: Rulebook) -> list[Difference]:
    """Every difference between a plan and what was expected of it; empty when the case passes."""
    if expect.error is not None:
        wanted = f"un refus du dossier : « {expect.error.message} »"
        return [Difference("dossier", wanted, "un plan")]
    return [*_misnamed(expect, rulebook), *_amounts(plan, expect), *_totals(plan, expect), *_by_name(plan, expect),
            *_lists(plan, expect), *_remedies(plan, expect)]  # fmt: skip


def refusal_differences(problems: tuple[Problem, ...], expect: Expect) -> list[Difference]:
    """How a refused dossier differs from the refusal that was expected, or from the plan that was."""
    found = " ; ".join(map(str, problems))
    if expect.error is None:
        return [Difference("dossier", "un plan", f"un refus : {found}")]
    told = [problem for problem in problems if expect.error.message in problem.message]
    if not told:
        return [Difference("message d'erreur", f"« {expect.error.message} »", found)]
    lines = [problem.origin.line for problem in told if problem.origin is not None]
    if expect.error.line is not None and expect.error.line not in lines:
        return [Difference("ligne de l'erreur", str(expect.error.line), ", ".join(map(str, lines)) or _NOTHING)]
    return []


def _misnamed(expect: Expect, rulebook: Rulebook) -> Iterator[Difference]:
    """Aids and causes that the rulebook does not have: a case that names them proves nothing."""
    aids = {aid.id for aid in rulebook.aids}
    named = [*(expect.contributions or ()), *expect.contributions_include, *expect.verdicts, *expect.refused_for,
             *expect.standings, *expect.file_by, *expect.answer_by, *expect.confirm, *expect.lost_to,
             *(id for amounts in expect.alternatives for id in amounts)]  # fmt: skip
    for id in dict.fromkeys(named):
        if id not in aids:
            yield Difference(f"aide « {id} »", "une aide déclarée dans les règles", "aucune aide de ce nom")
    for id in dict.fromkeys(
        (*expect.causes, *expect.remedies, *(c for causes in expect.refused_for.values() for c in causes))
    ):
        if id not in rulebook.causes:
            yield Difference(f"cause « {id} »", "une cause déclarée dans causes.yaml", "aucune cause de ce nom")


def _amounts(plan: FundingPlan, expect: Expect) -> Iterator[Difference]:
    paid = {c.aid: c.amount for c in plan.contributions}
    wanted = dict(expect.contributions_include) | (expect.contributions or {})
    extra = () if expect.contributions is None else [id for id in paid if id not in wanted]
    for id in (*wanted, *extra):
        if paid.get(id, 0) != wanted.get(id, 0) or (id in wanted) > (id in paid):
            yield Difference(f"part de {id}", _euros(wanted.get(id)), _euros(paid.get(id)))


def _totals(plan: FundingPlan, expect: Expect) -> Iterator[Difference]:
    wanted = (
        ("reste à trouver", expect.unfunded, plan.unfunded),
        ("à la charge de la personne", expect.holder_pays, plan.holder_pays),
        ("reste à trouver au pire", expect.worst, plan.unfunded_worst),
    )
    for what, amount, found in wanted:
        if amount is not None and amount != found:
            yield Difference(what, in_french(amount), in_french(found))
    if expect.complete is not None and expect.complete is not plan.complete:
        yield Difference("plan complet", _yes(expect.complete), _yes(plan.complete))


def _by_name(plan: FundingPlan, expect: Expect) -> Iterator[Difference]:
    lines = {c.aid: c for c in plan.contributions}
    verdicts = {v.aid: v for v in plan.verdicts}
    calendar = {line.aid: line.answer.most for line in plan.calendar}
    causes = {cause.id: cause.state for cause in plan.causes}
    readings: tuple[tuple[str, Mapping[str, Any], Callable[[str], str | None]], ...] = (
        ("verdict de", expect.verdicts, lambda id: _STATES[verdicts[id].state] if id in verdicts else "absent"),
        ("état de la part de", expect.standings, lambda id: lines[id].standing if id in lines else None),
        ("cause", expect.causes, lambda id: causes.get(id, "clear")),
        ("perdue pour", expect.lost_to, lambda id: verdicts[id].lost_to if id in verdicts else None),
        ("date limite de dépôt de", expect.file_by, lambda id: _day(verdicts[id].file_by) if id in verdicts else None),
        ("dernière réponse de", expect.answer_by, lambda id: _day(calendar[id]) if id in calendar else None),
    )
    for what, wanted, read in readings:
        for id, value in wanted.items():
            found = read(id)
            if found != str(value):
                yield Difference(f"{what} {id}", str(value), found or _NOTHING)
    for id, reasons in expect.refused_for.items():
        if id not in verdicts:
            yield Difference(f"motifs du refus de {id}", _words(reasons), _ABSENT)
        elif verdicts[id].state is not Truth.NO or set(verdicts[id].causes) != set(reasons):
            found = _words(verdicts[id].causes) if verdicts[id].state is Truth.NO else "une aide qui n'est pas refusée"
            yield Difference(f"motifs du refus de {id}", _words(reasons), found)
    for id, subjects in expect.confirm.items():
        seen = lines[id].confirm if id in lines else ()
        if set(seen) != set(subjects):
            yield Difference(f"à confirmer pour {id}", _words(subjects), _words(seen))


def _lists(plan: FundingPlan, expect: Expect) -> Iterator[Difference]:
    asked = tuple(question.subject for question in plan.questions)[: len(expect.questions_first)]
    if asked != expect.questions_first:
        yield Difference("premières questions", _words(expect.questions_first), _words(asked))
    offered = [dict(alternative.amounts) for alternative in plan.alternatives]
    for amounts in expect.alternatives:
        if amounts not in offered:
            yield Difference("autre plan possible", _plan(amounts), " | ".join(map(_plan, offered)) or _NOTHING)


def _remedies(plan: FundingPlan, expect: Expect) -> Iterator[Difference]:
    found = {cause.id: {remedy.lever: remedy for remedy in cause.remedies} for cause in plan.causes}
    for cause, levers in expect.remedies.items():
        for lever, changes in levers.items():
            remedy = found.get(cause, {}).get(lever)
            if remedy is None:
                yield Difference(f"remède à {cause}", lever, _words(found.get(cause, {})))
                continue
            for path, value in changes.items():
                if str(value) != remedy.changes.get(path):
                    yield Difference(f"remède {lever}, {path}", str(value), remedy.changes.get(path, _NOTHING))


def _euros(cents: int | None) -> str:
    return _NOTHING if cents is None else in_french(cents)


def _yes(value: bool) -> str:
    return "oui" if value else "non"


def _day(day: Any) -> str:
    return "unknown" if day is None else str(day)


def _words(values: Any) -> str:
    return ", ".join(values) or "aucun"


def _plan(amounts: Mapping[str, int]) -> str:
    return " + ".join(f"{id} {in_french(cents)}" for id, cents in amounts.items())
