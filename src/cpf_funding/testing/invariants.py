"""What holds of every plan, whatever the rules (DESIGN 7): one function for each sentence.

Each takes the dossier, the rulebook and the plan that they gave, and raises `AssertionError` with a readable message.
Those of `READ` only look at the plan; those of `REBUILT` build others, and cost a few plans each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.language.evidence import leaves
from cpf_funding.language.values import Setting
from cpf_funding.report.document import plan_document
from cpf_funding.report.text import plan_text
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["READ", "Invariant", "must"]

Invariant = Callable[[Dossier, Rulebook, FundingPlan], None]


def must(held: bool, message: str) -> None:
    """Raise `AssertionError` with this message unless it held."""
    if not held:
        raise AssertionError(message)


def _paid(plan: FundingPlan) -> dict[str, int]:
    return {line.aid: line.amount for line in plan.contributions}


# Euros ------------------------------------------------------------------------------------------


def euros_add_up(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """What funders and the holder pay, and what nobody pays, make the cost to the cent, in all and line by line."""
    shares = sum(line.amount for line in plan.contributions)
    must(plan.cost_total == sum(plan.cost_lines.values()), "the lines of cost do not make the total")
    must(plan.cost_total == shares + plan.unfunded, f"{shares} paid and {plan.unfunded} left for {plan.cost_total}")
    own = sum(line.amount for line in plan.contributions if line.by_holder)
    must(plan.holder_pays == own, f"the holder pays {own}, the plan says {plan.holder_pays}")
    left = dict(plan.cost_lines)
    for line in plan.contributions:
        must(line.amount == sum(line.by_line.values()), f"{line.aid}: its lines do not make its amount")
        for name, cents in line.by_line.items():
            left[name] -= cents
    must({n: c for n, c in left.items() if c} == dict(plan.unfunded_lines), "what is left, line by line, is not right")
    must(plan.complete is (plan.unfunded == 0), "complete is not « nothing left »")


def nothing_is_above_a_line(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Nobody pays a negative amount, nor more than a line costs, nor a line that the aid does not cover."""
    paid = dict.fromkeys(plan.cost_lines, 0)
    for line in plan.contributions:
        must(line.amount > 0, f"{line.aid} pays {line.amount}")
        foreign = set(line.by_line) - set(rulebook.aid(line.aid).covers)
        must(not foreign, f"{line.aid} pays {foreign}, which it does not cover")
        for name, cents in line.by_line.items():
            must(cents > 0, f"{line.aid} pays {cents} of {name}")
            paid[name] += cents
    over = {name for name, cents in paid.items() if cents > plan.cost_lines[name]}
    must(not over, f"paid beyond their cost: {over}")


def no_share_is_above_its_capacity(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """An aid pays at most what its rule gives, by the computation that is shown; or what was granted or decided."""
    granted = {each.aid: each.amount for each in dossier.local.already_asked if each.answer == "granted"}
    decided = {each.aid: each.amount for each in reversed(dossier.overrides)}
    for line in plan.contributions:
        most = decided.get(line.aid)
        if most is None and line.standing == "granted":
            most = granted.get(line.aid)
        if most is None and line.steps:
            most = line.steps[-1].high
        must(most is None or line.amount <= most, f"{line.aid} pays {line.amount}, more than {most}")


def bounds_are_in_order(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Best, planned and worst come in this order; the last two are one when nothing is left to confirm."""
    order = (0, plan.unfunded_best, plan.unfunded, plan.unfunded_worst, plan.cost_total)
    must(list(order) == sorted(order), f"what is left, from best to worst, is not in order: {order}")
    if not any(line.confirm for line in plan.contributions):
        must(plan.unfunded == plan.unfunded_worst, "all is firm, and the worst case is worse")


# Relations --------------------------------------------------------------------------------------


def excluded_aids_are_apart(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Two aids of which one excludes the other never pay in the same plan; no alternative joins them either."""
    for paying in (set(_paid(plan)), *(set(other.amounts) for other in plan.alternatives)):
        for id in paying:
            both = rulebook.aid(id).excludes & paying
            must(not both, f"{id} is paid together with {sorted(both)}, which it excludes")


def own_money_is_kept_off(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Where an aid refuses the person's money, its lines are paid in full, and not by the person."""
    own = {name for line in plan.contributions if line.by_holder for name in line.by_line}
    for line in plan.contributions:
        aid = rulebook.aid(line.aid)
        if aid.refuses_own_money:
            must(not set(aid.covers) & own, f"{aid.id} pays beside the person's own money")
            must(not set(aid.covers) & plan.unfunded_lines.keys(), f"{aid.id} pays lines that are not paid in full")


def needs_and_waivers_hold(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """An aid that needs another comes with it; nothing mandatory is asked beside what waives it."""
    paying, forced = set(_paid(plan)), {each.aid for each in dossier.overrides}
    for line in plan.contributions:
        aid = rulebook.aid(line.aid)
        if aid.id not in forced:
            must(not aid.needs or bool(aid.needs & paying), f"{aid.id} pays without any of {sorted(aid.needs)}")
        must(not aid.waived_by & paying, f"{aid.id} is due although {sorted(aid.waived_by & paying)} pays")


def requests_wait_their_turn(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """A request is filed once the aids that must answer first can have answered."""
    answers = {line.aid: line.answer.least for line in plan.calendar}
    for line in plan.calendar:
        before = rulebook.aid(line.aid).after & answers.keys()
        must(set(line.after) == before, f"{line.aid} waits for {line.after}, its rule says {sorted(before)}")
        days = [answers[name] for name in before]
        asked = any(each.aid == line.aid and each.filed_on is not None for each in dossier.local.already_asked)
        for day in days if line.file_from is not None and not asked else ():
            must(day is not None and line.file_from >= day, f"{line.aid} is filed before {before} answered")  # type: ignore[operator]


# Knowledge --------------------------------------------------------------------------------------


def what_is_to_confirm_is_said(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """A line lacks something exactly when it is to confirm, or granted for an amount unknown; each thing is asked."""
    asked = {question.subject for question in plan.questions}
    for line in plan.contributions:
        right = line.standing in ("to_confirm", "granted") if line.confirm else line.standing != "to_confirm"
        must(right, f"{line.aid} is {line.standing}, and lacks {line.confirm or 'nothing'}")
        must(set(line.confirm) <= asked, f"{line.aid}: nobody asks {set(line.confirm) - asked}")
    euros = [question.euros for question in plan.questions]
    must(euros == sorted(euros, reverse=True), "questions are not ranked by euros")
    must(len(asked) == len(plan.questions), "a question is asked twice")


def verdicts_say_why(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """A refusal shows what fails, a doubt what is missing; an aid that pays is not refused."""
    paying = _paid(plan)
    for verdict in plan.verdicts:
        must(bool(verdict.evidence), f"{verdict.aid}: no evidence")
        if verdict.state is not Truth.NO:
            doubtful = verdict.state is Truth.UNKNOWN
            must(doubtful is bool(verdict.missing), f"{verdict.aid}: {verdict.state}, missing {verdict.missing}")
        if verdict.state is Truth.NO:
            failed = [each.truth for each in verdict.evidence]
            must(all(truth is Truth.NO for truth in failed), f"{verdict.aid}: refused, and shown with {failed}")
            must(verdict.aid not in paying, f"{verdict.aid} is refused and pays")
    must(set(paying) <= {verdict.aid for verdict in plan.verdicts}, "an aid pays without a verdict")


def values_are_those_of_the_day(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Every dated value that was read is the one declared for the day that its clock shows."""
    start = dossier.training.start
    for aid, setting in _settings(plan):
        parameter = rulebook.parameters[setting.parameter]
        day = plan.as_of if parameter.clock == "filing" else start
        if day is None or setting.start is None:
            continue
        within = setting.start <= day and (setting.until is None or day <= setting.until)
        must(within, f"{aid}: {setting.parameter} from {setting.start} to {setting.until} is read on {day}")
        rows = parameter.table.get(setting.key or "*", ())
        others = [row for row in rows if row != setting and row.start is not None and setting.start < row.start <= day]
        must(not others, f"{aid}: {setting.parameter} has a later value on {day}")


def aids_are_asked_while_they_exist(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """An aid pays only on a day when it can be asked for, unless it is granted already or imposed."""
    for line in plan.contributions:
        period = rulebook.aid(line.aid).period(plan.as_of)
        free = line.standing == "granted" or line.override is not None
        must(free or (period is not None and period.state == "open"), f"{line.aid} pays on {plan.as_of}")


def sources_are_cited(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Every line rests on a source that the rulebook declares, unless it is granted already or imposed."""
    for line in plan.contributions:
        free = line.standing == "granted" or line.override is not None
        must(free or bool(line.sources), f"{line.aid} cites no source")
        must(set(line.sources) <= rulebook.sources.keys(), f"{line.aid} cites {line.sources}")


# Causes, alternatives, words --------------------------------------------------------------------


def causes_are_founded(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Causes of the survey are always told; a raised one has aids or evidence, and costs no more than the cost."""
    told = {cause.id: cause for cause in plan.causes}
    must(set(told) <= rulebook.causes.keys(), f"causes that nobody declared: {set(told) - rulebook.causes.keys()}")
    silent = {id for id, shape in rulebook.causes.items() if shape.survey} - told.keys()
    must(not silent, f"causes not told: {silent}")
    for cause in plan.causes:
        must(0 <= cause.euros <= plan.cost_total, f"{cause.id} costs {cause.euros} of {plan.cost_total}")
        if cause.state == "raised":
            must(bool(cause.aids or cause.evidence), f"{cause.id} is raised by nothing")


def alternatives_are_worth_showing(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """An alternative leaves no less to find than the plan, and is better on something else; its figures are right."""
    paid = set(_paid(plan))
    for other in plan.alternatives:
        gains = other.differences
        must(other.unfunded == plan.cost_total - sum(other.amounts.values()), "an alternative does not add up")
        must(other.unfunded - plan.unfunded == gains.get("unfunded", 0) >= 0, "an alternative funds more than the plan")
        must(other.unfunded_worst - plan.unfunded_worst == gains.get("unfunded_worst", 0), "its worst case is wrong")
        better = min(gains.values(), default=0) < 0 or other.last_answer is not None
        must(better, f"an alternative is better on nothing: {gains}")
        without, added = tuple(sorted(paid - set(other.amounts))), tuple(sorted(set(other.amounts) - paid))
        must((without, added) == (other.without, other.added), "an alternative names the wrong aids")


def everything_can_be_said(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """The plan is written as JSON and as text, with every amount in it."""
    document = plan_document(plan, rulebook)
    must(json.loads(json.dumps(document)) == document, "the document is not plain JSON")
    text = plan_text(plan, rulebook)
    labels = [line.label for line in plan.contributions if line.label.splitlines()[:1] == [line.label]]
    missing = [label for label in labels if label not in " ".join(text.split()) and label not in text]
    must(not missing, f"the text leaves out {missing}")


def _settings(plan: FundingPlan) -> Iterator[tuple[str, Setting]]:
    """Every dated value that the plan shows, with the aid it was read for."""
    for verdict in plan.verdicts:
        for evidence in verdict.evidence:
            yield from ((verdict.aid, setting) for leaf in leaves(evidence) for setting in leaf.settings)
    for line in plan.contributions:
        yield from ((line.aid, step.setting) for step in line.steps if step.setting is not None)


READ: tuple[Invariant, ...] = (
    euros_add_up, nothing_is_above_a_line, no_share_is_above_its_capacity, bounds_are_in_order,
    excluded_aids_are_apart, own_money_is_kept_off, needs_and_waivers_hold, requests_wait_their_turn,
    what_is_to_confirm_is_said, verdicts_say_why, values_are_those_of_the_day, aids_are_asked_while_they_exist,
    sources_are_cited, causes_are_founded, alternatives_are_worth_showing, everything_can_be_said,
)  # fmt: skip
"""Those that only look at the plan."""
