"""`build_plan`: from one dossier and a rulebook to the funding plan; `replay`: the plan of a receipt, again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain

from cpf_funding.calendars import Territory, territory_of
from cpf_funding.dossier import Dossier
from cpf_funding.engine import alternatives, checklist, questions, receipt, schedule, warnings
from cpf_funding.engine.allocation import split_by_line
from cpf_funding.engine.causes import detect_causes
from cpf_funding.engine.configurations import Case, Share, configurations, evaluate
from cpf_funding.engine.losses import verdict_lines
from cpf_funding.engine.plan import CalendarLine, Contribution, FundingPlan, Receipt, VerdictLine
from cpf_funding.engine.screening import standings
from cpf_funding.engine.selection import Option, assess
from cpf_funding.engine.substitutes import without_replaceable
from cpf_funding.engine.verdicts import Verdict, reach_verdict
from cpf_funding.errors import InputError, Problem
from cpf_funding.facts import read_facts
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Evidence, Step, settings_of, to_settle, unmet
from cpf_funding.language.words import enumerate_in_french
from cpf_funding.reading.dossiers import EARLIEST_YEAR, LATEST_YEAR
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.truth import Truth

__all__ = ["build_plan", "replay"]


@dataclass(slots=True)
class Situation:
    """Everything read from the dossier before any aid is looked at."""

    dossier: Dossier
    rulebook: Rulebook
    context: Context
    territory: Territory
    costs: Mapping[str, int]
    local_dossier: Dossier
    """The dossier with the delays that the agency's overlays state, where it gives none itself."""
    dated: dict[tuple[str, tuple[schedule.Expected, ...]], schedule.Expected] = field(default_factory=dict)
    """Requests already dated, by aid and by what it waits for."""


def build_plan(
    dossier: Dossier, rulebook: Rulebook, on: date | None = None, *, checked_before: date | None = None
) -> FundingPlan:
    """The best funding plan of a dossier on a day, with its alternatives, causes, calendar and questions.

    `on` is the day the counsellor plans and can start filing; the dossier's `as_of` by default. `checked_before` asks
    for a warning when a figure of the plan was last checked before that day. Raises `InputError` when the day or the
    teaching cost is missing, `LimitError` past `MAX_CONFIGURATIONS`.
    """
    situation = _read(dossier, rulebook, on)
    verdicts = _verdicts(situation)
    candidates = [v for v in verdicts if isinstance(v, Verdict) and _enters(v, situation.context)]
    case = Case(situation.costs, candidates, situation.context)
    last_answer = cache(lambda asked: schedule.last_answer(_expected(case, asked, situation), asked))
    options = _options(case, last_answer)
    best = min(options, key=lambda option: option.preference)
    options += alternatives.without_one(case, best, last_answer)
    return _plan(situation, verdicts, case, best, options, checked_before)


def replay(proof: Receipt, dossier: Dossier, rulebook: Rulebook) -> FundingPlan:
    """The plan that a receipt proves, made again.

    Raises `InputError` when the dossier, the rulebook or the engine is not the one that the receipt names.
    """
    again = receipt.issue(dossier, rulebook, proof.as_of, proof.checked_before)
    names = {"engine": "le moteur", "rulebook": "les règles", "dossier": "le dossier"}
    changed = [label for name, label in names.items() if getattr(again, name) != getattr(proof, name)]
    if changed:
        message = f"le reçu ne correspond pas : {', '.join(changed)} a changé depuis"
        raise InputError([Problem(message, "reprenez le dossier, les règles et la version cités par le reçu")])
    return build_plan(dossier, rulebook, proof.as_of, checked_before=proof.checked_before)


def _read(dossier: Dossier, rulebook: Rulebook, on: date | None) -> Situation:
    day = on or dossier.as_of
    problems: list[Problem] = []
    if day is None:
        problems.append(Problem("la date du plan manque", "écrivez as_of: 2017-03-01 dans le dossier, ou donnez --on"))
    if dossier.training.costs.teaching is None:
        problems.append(
            Problem("le coût pédagogique manque", "écrivez training.costs.teaching, le montant du devis (0 si gratuit)")
        )
    for asked in (day, dossier.training.start, *(request.filed_on for request in dossier.local.already_asked)):
        if asked is not None and not EARLIEST_YEAR <= asked.year <= LATEST_YEAR:
            message = f"l'année {asked.year} n'est pas comprise entre {EARLIEST_YEAR} et {LATEST_YEAR}"
            problems.append(Problem(message, "vérifiez l'année, écrite sur quatre chiffres : 2017-03-01"))
    if day is None or problems:
        raise InputError(problems)
    declared = {name: fact for name, fact in rulebook.facts.items() if name in dossier.answers}
    unknown = [name for name in dossier.answers if name not in rulebook.facts]
    if unknown:
        raise InputError(
            Problem(f"réponse à un fait inconnu « {name} »", "les faits déclarés sont dans rules/facts.yaml")
            for name in unknown
        )
    try:
        facts = read_facts(dossier, day, declared)
    except ValueError as error:
        raise InputError([Problem(f"réponse refusée dans answers : {error}", "corrigez la valeur")]) from None
    envelopes = {**rulebook.local.envelopes_on(day), **dossier.local.envelopes}
    context = Context(facts, day, dossier.training.start, envelopes)
    costs = {line: cents for line, cents in dossier.training.costs if isinstance(cents, int)}
    territory = territory_of(dossier.training.region or dossier.holder.region)
    return Situation(dossier, rulebook, context, territory, costs, _with_delays(dossier, rulebook, day))


def _with_delays(dossier: Dossier, rulebook: Rulebook, day: date) -> Dossier:
    stated = rulebook.local.delays_on(day)
    if not stated:
        return dossier
    local = dossier.local.model_copy(update={"delays": {**stated, **dossier.local.delays}})
    return dossier.model_copy(update={"local": local})


def _verdicts(situation: Situation) -> list[Verdict | VerdictLine]:
    """The verdict on every aid, in order of mobilisation; a line when day and scope refuse it and nobody decided."""
    dossier, context, territory = situation.dossier, situation.context, situation.territory
    decided = {override.aid for override in dossier.overrides} | {asked.aid for asked in dossier.local.already_asked}
    return [
        standing.line
        if standing.line is not None and standing.aid.id not in decided
        else reach_verdict(standing, dossier, context, territory)
        for standing in standings(situation.rulebook, context)
    ]


def _enters(verdict: Verdict, context: Context) -> bool:
    """Whether a plan may use the aid: not refused, known to exist that day and to be for this person, able to pay.

    Own money enters only when its amount is known: nobody's savings are presumed.
    """
    if verdict.state is Truth.NO:
        return False
    if verdict.granted or verdict.override is not None:
        return True
    if not verdict.presumed:
        return False
    amount = verdict.potential(context)
    if verdict.aid.kind == "own_money" and amount.missing:
        verdict.state, verdict.missing = Truth.UNKNOWN, amount.missing
        return False
    return amount.high > 0


def _options(case: Case, last_answer: Callable[[frozenset[str]], date | None]) -> list[Option]:
    """The configurations that hold, those in which the same aids pay the same being one."""
    found = list(configurations(case))
    if not found:
        raise InputError([_impossible([each.aid.id for each in case.verdicts if each.override is not None])])
    distinct: dict[tuple[tuple[str, int], ...], tuple[frozenset[str], list[Share]]] = {}
    for members, shares in chain(found, without_replaceable(case, found)):
        distinct.setdefault(tuple([(s.aid.id, s.amount) for s in shares if s.amount > 0]), (members, shares))
    return [assess(case, members, shares, last_answer) for members, shares in distinct.values()]


def _impossible(forced: Sequence[str]) -> Problem:
    """No plan obeys: what a funder asks of the others that pay holds for an aid that is forced too."""
    if len(forced) > 1:
        names = enumerate_in_french(forced)
        return Problem("les décisions imposées (overrides) ne tiennent pas ensemble", f"retirez celle de {names}")
    why = "les autres financeurs, ou l'argent de la personne, l'empêchent : retirez cette décision"
    return Problem(f"l'aide imposée {forced[0]} (overrides) ne tient dans aucun plan", why)


def _expected(case: Case, asked: frozenset[str], situation: Situation) -> Mapping[str, schedule.Expected]:
    return schedule.expected_answers(
        case.verdicts, asked, situation.local_dossier, situation.context, situation.territory,
        situation.rulebook.local.history, situation.dated,
    )  # fmt: skip


def _plan(
    situation: Situation, verdicts: list[Verdict | VerdictLine], case: Case, best: Option, options: list[Option],
    checked_before: date | None,
) -> FundingPlan:  # fmt: skip
    dossier, rulebook, context = situation.dossier, situation.rulebook, situation.context
    contributions = _contributions(situation, case, best)
    lines = verdict_lines(verdicts, case, best)
    left = dict(situation.costs)
    for contribution in contributions:
        for line, cents in contribution.by_line.items():
            left[line] -= cents
    calendar, on_time = _calendar(situation, case, best)
    plan = FundingPlan(
        dossier=dossier.id, as_of=context.on, cost_lines=situation.costs, cost_total=sum(situation.costs.values()),
        contributions=contributions, holder_pays=best.holder_pays, unfunded=best.unfunded,
        unfunded_lines={line: cents for line, cents in left.items() if cents}, unfunded_best=best.unfunded,
        unfunded_worst=best.worst, verdicts=lines, causes=(), calendar=calendar,
        alternatives=alternatives.describe(options, best),
        questions=questions.rank(contributions, lines, rulebook, best.worst),
        checklist=checklist.required(contributions, rulebook),
        warnings=warnings.of(dossier, rulebook, contributions, checked_before),
        receipt=receipt.issue(dossier, rulebook, context.on, checked_before), on_time_probability=on_time,
    )  # fmt: skip
    return detect_causes(plan, rulebook, context)


def _contributions(situation: Situation, case: Case, best: Option) -> tuple[Contribution, ...]:
    trace: dict[str, list[Step]] = {}
    shares = [share for share in evaluate(case, best.members, trace=trace).shares if share.amount > 0]
    by_id = {verdict.aid.id: verdict for verdict in case.verdicts}
    strict = frozenset(line for share in best.shares if share.aid.refuses_own_money for line in share.aid.covers)
    split = split_by_line(
        situation.costs,
        [(s.aid.id, [c for c in s.aid.covers if not (s.aid.by_holder and c in strict)], s.amount) for s in shares],
        strict,
    )
    return tuple(
        _contribution(s, by_id[s.aid.id], split[s.aid.id], tuple(trace[s.aid.id]), situation.context.on) for s in shares
    )


def _contribution(
    share: Share, verdict: Verdict, by_line: Mapping[str, int], steps: tuple[Step, ...], on: date
) -> Contribution:
    aid = share.aid
    confirm = list(verdict.missing)
    if verdict.firmness is not None and verdict.firmness.truth is not Truth.YES:
        confirm += [name for e in unmet(verdict.firmness) for name in to_settle(e)]
    if share.capacity.low < share.amount:
        confirm += share.capacity.missing
    if verdict.granted:
        standing = "granted"
    elif not share.firm:
        standing = "to_confirm"
    else:
        standing = "open" if aid.kind == "aid" else "right"
    evidence = verdict.evidence + ((verdict.firmness,) if verdict.firmness is not None else ())
    return Contribution(
        aid=aid.id, label=aid.label, funder=aid.shape.funder, amount=share.amount, by_line=dict(by_line), rank=aid.rank,
        standing=standing, confirm=tuple(dict.fromkeys(confirm)), evidence=evidence, steps=steps,
        limit=_limit(steps, share) if share.binding else None, sources=_sources(aid, on, evidence, steps),
        by_holder=aid.by_holder, override=verdict.override.reason if verdict.override else None,
    )  # fmt: skip


def _limit(steps: tuple[Step, ...], share: Share) -> Step | None:
    """The step that bounds the amount: down the computation, always along the branch that gives the result."""
    binding = None
    for step in reversed(steps):
        if binding is None or _gives(step, binding):
            binding = step
    return None if binding is not None and binding.kind == "remaining" else binding


def _gives(step: Step, result: Step) -> bool:
    return step.depth == result.depth + 1 and step.high == result.high and result.kind in ("least_of", "choose")


def _sources(aid: Aid, on: date, evidence: tuple[Evidence, ...], steps: tuple[Step, ...]) -> tuple[str, ...]:
    period = aid.period(on)
    found = [period.sourcing.source] if period is not None else []
    for setting in [*(s for e in evidence for s in settings_of(e)), *(s.setting for s in steps)]:
        if setting is not None and setting.sourcing is not None:
            found.append(setting.sourcing.source)
    if aid.shape.relations.source is not None:
        found.append(aid.shape.relations.source)
    return tuple(dict.fromkeys(found))


def _calendar(situation: Situation, case: Case, best: Option) -> tuple[tuple[CalendarLine, ...], float | None]:
    asked = frozenset(s.aid.id for s in best.shares if s.amount > 0 and s.aid.kind in ("aid", "right"))
    expected = _expected(case, asked, situation)
    by_id = {verdict.aid.id: verdict for verdict in case.verdicts}
    awaited = [s.aid.id for s in best.shares if s.aid.id in asked and not by_id[s.aid.id].granted]
    lines = tuple(schedule.line(by_id[id], expected[id], situation.context) for id in awaited)
    return lines, schedule.all_on_time([expected[id] for id in awaited], situation.context.start)
