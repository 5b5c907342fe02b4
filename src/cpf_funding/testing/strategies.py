"""Dossiers for Hypothesis: as counsellors write them, at the thresholds of a rulebook, or as nobody should.

Every dossier drawn is one that `Dossier` accepts. The realistic ones and those of a boundary can also be written to a
file and read back; the hostile ones break every rule that spans two fields. Needs `pip install cpf-funding[testing]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from cpf_funding.dossier import ENVELOPE_STATES, Dossier
from cpf_funding.facts import BUILT_IN, Fact, Value
from cpf_funding.language.units import Unit, scale
from cpf_funding.money import plain
from cpf_funding.reading.dossiers import cross_problems
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.testing.around_facts import answered, facts_dossier
from cpf_funding.testing.landmarks import Landmarks, landmarks
from cpf_funding.testing.strategies_rules import drafts, rulebooks

__all__ = [
    "boundary_dossiers", "days", "dossiers", "drafts", "hostile_dossiers", "hostile_texts", "realistic_dossiers",
    "rulebooks",
]  # fmt: skip

Drawn = st.SearchStrategy[Any]
Dossiers = st.SearchStrategy[Dossier]

_REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94", "01", "04")
_COSTS = ("registration", "exam", "equipment", "travel", "lodging", "meals", "childcare", "compensation")
_money = st.integers(0, 900_000).map(plain)
_SPAN = (date(2015, 1, 1), date(2027, 12, 31))


def maybe(strategy: Drawn) -> Drawn:
    """Known three times out of four."""
    return st.one_of(strategy, strategy, strategy, st.none())


def days(rulebook: Rulebook) -> st.SearchStrategy[date]:
    """A day of the plan: any day of the years covered, or next to a day on which the rules change."""
    found = landmarks(rulebook).days
    anywhere = st.dates(*_SPAN)
    if not found:
        return anywhere
    return st.one_of(anywhere, st.builds(lambda day, step: day + timedelta(step), st.sampled_from(found), _near))


_near = st.integers(-1, 1)


def dossiers(rulebook: Rulebook, on: date | None = None) -> Dossiers:
    """One of the three kinds."""
    return st.one_of(realistic_dossiers(rulebook, on), boundary_dossiers(rulebook, on), hostile_dossiers(rulebook, on))


# Realistic --------------------------------------------------------------------------------------


def realistic_dossiers(rulebook: Rulebook, on: date | None = None) -> Dossiers:
    """A dossier as a counsellor could write it, on this day or any, each field known or not."""
    marks = landmarks(rulebook)
    when = st.just(on) if on is not None else days(rulebook)
    drawn = st.builds(
        _assembled, when, _people(marks), _courses(marks), _answers(rulebook, marks), _local(rulebook, marks)
    )
    return drawn.filter(lambda dossier: not cross_problems(dossier))


def _assembled(
    on: date, person: dict[str, Any], course: dict[str, Any], answers: dict[str, Any], local: dict[str, Any]
) -> Dossier:
    ahead, lasts = course.pop("ahead"), course.pop("lasts")
    if ahead is not None:
        course["start"] = on + timedelta(days=ahead)
        course["end"] = None if lasts is None else course["start"] + timedelta(days=lasts)
    return Dossier.model_validate({"as_of": on, **person, "training": course, "answers": answers, "local": local})


def _of(marks: Landmarks, name: str, *others: Value) -> Drawn:
    """A value that the rules name for a fact, or another; unknown one time out of four."""
    return maybe(st.sampled_from(list(dict.fromkeys([*marks.facts.get(name, ()), *others]))))


def _choice(name: str) -> Drawn:
    return maybe(st.sampled_from(list(BUILT_IN[name].choices)))


def _people(marks: Landmarks) -> Drawn:
    flag = maybe(st.booleans())
    contract = {
        "kind": _choice("holder.contract.kind"), "seniority_months": maybe(st.integers(0, 240)),
        "sector": _choice("holder.contract.sector"), "headcount": maybe(st.integers(1, 6000)),
        "naf": _of(marks, "holder.contract.naf", "78.20Z"), "opco": _of(marks, "holder.contract.opco", "autre"),
        "working_time": _choice("holder.contract.working_time"),
    }  # fmt: skip
    holder = {
        "status": _choice("holder.status"), "registered": flag, "disability": _choice("holder.disability"),
        "birth_date": maybe(st.dates(date(1955, 1, 1), date(1999, 12, 31))),
        "region": _of(marks, "holder.region", *_REGIONS), "qualification": maybe(st.integers(1, 8)),
        "contract": st.fixed_dictionaries(contract),
        "allowance": st.fixed_dictionaries({"kind": _choice("holder.allowance.kind")}),
    }  # fmt: skip
    account = {
        "account_open": flag, "hours": maybe(st.integers(0, 400)), "dif_hours": maybe(st.integers(0, 120)),
        "balance": maybe(_money), "consent": st.fixed_dictionaries({"given": flag}),
    }  # fmt: skip
    project = {
        "validated": flag, "cep_level": maybe(st.integers(1, 3)), "pmsmp_days": maybe(st.integers(0, 30)),
        "prospect": _choice("project.prospect"),
    }  # fmt: skip
    means = {"holder_can_pay": maybe(_money), "employer": maybe(_money)}
    parts = {"holder": holder, "cpf": account, "project": project, "means": means}
    return st.fixed_dictionaries({name: st.fixed_dictionaries(part) for name, part in parts.items()})


def _courses(marks: Landmarks) -> Drawn:
    certification = {
        "rncp": _of(marks, "training.certification.rncp", "RNCP0"),
        "rs": _of(marks, "training.certification.rs", "RS0"),
    }
    course = {
        "ahead": maybe(st.integers(-20, 300)), "lasts": maybe(st.integers(0, 500)),
        "kind": _choice("training.kind"), "cpf_eligible": maybe(st.booleans()),
        "certification": st.fixed_dictionaries(certification),
        "modality": _choice("training.modality"), "region": _of(marks, "training.region", *_REGIONS),
        "provider": st.fixed_dictionaries({"qualiopi": maybe(st.booleans())}),
        "hours": st.integers(1, 1200).flatmap(_hours), "weekly_hours": maybe(st.integers(1, 40)),
        "costs": st.fixed_dictionaries({"teaching": _money, **{line: maybe(st.just("0") | _money) for line in _COSTS}}),
    }  # fmt: skip
    return st.fixed_dictionaries(course)


def _hours(total: int) -> Drawn:
    return maybe(st.integers(0, total)).map(lambda centre: {"total": total, "centre": centre})


def _answers(rulebook: Rulebook, marks: Landmarks) -> Drawn:
    """Answers to some of the facts that the rulebook declares."""
    declared = {name: fact for name, fact in rulebook.facts.items() if name not in BUILT_IN}
    return st.fixed_dictionaries({}, optional={name: _value(fact, marks) for name, fact in declared.items()})


def _value(fact: Fact, marks: Landmarks) -> Drawn:
    """An answer as the reader of dossiers gives it: one that the rules name, one next to it, or any."""
    named = marks.facts.get(fact.name, ())
    if fact.kind == "truth":
        return st.sampled_from(("true", "false"))
    if fact.kind == "date":
        return (st.dates(*_SPAN) | _beside(named)).map(str)
    if isinstance(fact.kind, Unit):
        steps = st.integers(0, 5_000 * scale(fact.kind)) | _beside(named)
        most = fact.most
        return steps.filter(lambda value: value >= 0 and (most is None or value <= most)).map(
            lambda value: answered(fact, value)
        )
    return st.sampled_from([*(named or fact.choices), *([] if fact.choices else ["autre"])])


def _beside(named: tuple[Value, ...]) -> Drawn:
    """A value that the rules name, or the one just below or above."""
    moved = [value for value in named if isinstance(value, int | date) and not isinstance(value, bool)]
    return st.builds(_moved, st.sampled_from(moved), _near) if moved else st.nothing()


def _moved(value: Value, step: int) -> Value:
    if isinstance(value, date):
        return value + timedelta(days=step)
    return value + step if isinstance(value, int) else value


def _local(rulebook: Rulebook, marks: Landmarks) -> Drawn:
    """Envelopes, delays, requests and papers, about the aids of the rulebook."""
    state = st.fixed_dictionaries({"state": st.sampled_from(ENVELOPE_STATES)})
    left = st.fixed_dictionaries({"state": st.just("open"), "left": _money})
    delay = st.lists(st.integers(0, 120), min_size=3, max_size=3).map(_ordered_delay)
    ids = [aid.id for aid in rulebook.aids]
    papers = st.fixed_dictionaries({"document": st.sampled_from(sorted(rulebook.documents) or ["devis"])})
    return st.fixed_dictionaries({
        "envelopes": st.fixed_dictionaries({}, optional=dict.fromkeys(marks.envelopes, state | left)),
        "delays": st.dictionaries(st.sampled_from(ids), delay, max_size=2) if ids else st.just({}),
        "already_asked": _seldom(_requests(ids)), "documents": st.lists(papers, max_size=1),
    })  # fmt: skip


def _ordered_delay(counts: list[int]) -> dict[str, int]:
    return dict(zip(("least", "usual", "most"), sorted(counts), strict=True))


def _requests(ids: list[str]) -> Drawn:
    if not ids:
        return st.just([])
    answer = st.sampled_from(("granted", "refused", "pending"))
    request = st.fixed_dictionaries({"aid": st.sampled_from(ids), "answer": answer}, optional={"amount": _money})
    return st.lists(request, max_size=1)


def _seldom(strategy: Drawn) -> Drawn:
    return st.one_of(st.just([]), st.just([]), st.just([]), strategy)


# At the boundary --------------------------------------------------------------------------------


def boundary_dossiers(rulebook: Rulebook, on: date | None = None) -> Dossiers:
    """A realistic dossier in which several facts stand at a value that the rules name, or one step away.

    `testing.dossiers_around` moves one fact at a time, in a dossier that meets the other conditions; here anything may
    come together.
    """
    marks = landmarks(rulebook)
    values = {name: _fact_value(rulebook.facts[name], marks) for name, named in marks.facts.items() if named}
    some = st.lists(st.sampled_from(sorted(values)), max_size=4, unique=True) if values else st.just([])
    moves = some.flatmap(lambda names: st.fixed_dictionaries({name: values[name] for name in names}))
    return st.builds(lambda base, facts: _moved_to(base, facts, rulebook), realistic_dossiers(rulebook, on), moves)


def _moved_to(base: Dossier, facts: dict[str, Value], rulebook: Rulebook) -> Dossier:
    """The dossier with these facts, as far as they agree with the rest."""
    day = base.as_of or _SPAN[0]
    start, hours = base.training.start or day + timedelta(days=60), base.training.hours.total or 10_000
    moved = facts_dossier({"training.start": start, "training.hours.total": hours, **facts}, rulebook, day)
    return base if moved is None else _over(base, moved)


def _fact_value(fact: Fact, marks: Landmarks) -> Drawn:
    named = marks.facts[fact.name]
    if isinstance(fact.kind, Unit) or fact.kind == "date":
        least = 0 if isinstance(fact.kind, Unit) else date.min
        return _beside(named).filter(lambda value: value >= least)
    return st.booleans() if fact.kind == "truth" else st.sampled_from(named)


def _over(base: Dossier, moved: Dossier) -> Dossier:
    """What is known of the second put over the first; the first again when they contradict each other."""
    below = base.model_dump(by_alias=True, exclude_none=True)
    merged = Dossier.model_validate(_merged(below, moved.model_dump(by_alias=True, exclude_none=True)))
    return base if cross_problems(merged) else merged


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for key, value in above.items():
        inner = found.get(key)
        found[key] = _merged(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
    return found


# Hostile ----------------------------------------------------------------------------------------

_amounts = st.one_of(
    st.sampled_from(["0", "0.01", "999999999999.99", 10**11]), _money, st.integers(0, 10**13 - 1).map(plain)
)
_sane = st.dates(*_SPAN)
_dates = st.one_of(
    st.sampled_from([date.min, date.max, date(2016, 2, 29), date(1989, 12, 31), date(2101, 1, 1)]), st.dates(), _sane
)
_texts = st.one_of(
    st.sampled_from(["", " ", "null", "*", "a\x00b", "\u202e", "Ⅷ", "٣", "..", "a" * 5000, "é" * 3]),
    st.text(max_size=9),
)
_odd = st.one_of(_texts, st.booleans(), st.integers(), st.floats(), st.dates(), st.lists(st.integers(), max_size=2))


def hostile_dossiers(rulebook: Rulebook, on: date | None = None) -> Dossiers:
    """A dossier made in Python that no counsellor would write: contradictions, absurd amounts and dates, odd names.

    Fields that are about aids name aids of the rulebook, or none. `as_of`, `training.start` and the teaching cost may
    be absent, or out of the years that a plan is made for.
    """
    ids = st.sampled_from([*(aid.id for aid in rulebook.aids), "inconnue", "", "*"])
    opinion = st.fixed_dictionaries(
        {"aid": ids, "favourable": st.booleans()}, optional={"on": _dates, "reason": _texts}
    )
    override = st.fixed_dictionaries(
        {"aid": ids, "decision": st.sampled_from(("force", "bar")), "reason": st.text(min_size=1, max_size=5)},
        optional={"amount": _amounts, "by": _texts, "on": _dates},
    )
    declared = [name for name in rulebook.facts if name not in BUILT_IN]
    day = st.just(on) if on is not None else st.one_of(days(rulebook), days(rulebook), _dates)
    parts = {
        "as_of": day, "id": _texts, "holder": _odd_holder,
        "cpf": _odd_account, "training": _odd_course, "local": _odd_local(rulebook, ids),
        "project": st.fixed_dictionaries({"opinions": st.lists(opinion, max_size=2)}),
        "means": _optional({"holder_can_pay": _amounts, "employer": _amounts}),
        "overrides": _seldom(st.lists(override, max_size=2)),
        "answers": st.dictionaries(st.sampled_from([*declared, "inconnu"]), _odd, max_size=2),
    }  # fmt: skip
    planned = {name: parts.pop(name) for name in ("as_of", "training")}
    dated = st.fixed_dictionaries(planned, optional=parts)
    undated = st.fixed_dictionaries({}, optional=planned)
    return st.one_of(dated, dated, dated, undated).map(Dossier.model_validate)


def _odd_local(rulebook: Rulebook, ids: Drawn) -> Drawn:
    request = st.fixed_dictionaries(
        {"aid": ids, "answer": st.sampled_from(("granted", "refused", "pending"))},
        optional={"filed_on": _dates, "answered_on": _dates, "amount": _amounts, "reason": _texts},
    )
    delay = _optional(dict.fromkeys(("least", "usual", "most"), st.integers(0, 3650)))
    state = st.sampled_from(ENVELOPE_STATES)
    envelope = _optional({"state": state, "left": _amounts, "on": _dates})
    document = st.sampled_from([*rulebook.documents, "inconnue"])
    paper = st.fixed_dictionaries({"document": document}, optional={"on": _dates})
    return st.fixed_dictionaries({
        "envelopes": st.dictionaries(st.sampled_from([*landmarks(rulebook).envelopes, ""]), envelope, max_size=2),
        "delays": st.dictionaries(ids, delay, max_size=2), "already_asked": _seldom(st.lists(request, max_size=2)),
        "documents": st.lists(paper, max_size=2),
    })  # fmt: skip


def _optional(fields: dict[str, Drawn]) -> Drawn:
    return st.fixed_dictionaries({}, optional=fields)


_odd_holder = _optional({
    "status": st.sampled_from(list(BUILT_IN["holder.status"].choices)), "registered": st.booleans(),
    "birth_date": _dates, "region": _texts, "qualification": st.integers(1, 8),
    "contract": _optional({
        "seniority_months": st.sampled_from([0, 1200]), "headcount": st.sampled_from([0, 10_000_000]), "naf": _texts,
        "opco": _texts,
    }),
    "allowance": _optional({"kind": st.sampled_from(("are", "none")), "daily": _amounts, "ends": _dates}),
})  # fmt: skip
_odd_account = _optional({
    "account_open": st.booleans(), "hours": _amounts, "dif_hours": _amounts, "balance": _amounts,
    "consent": _optional({"given": st.booleans(), "on": _dates}),
})  # fmt: skip
_odd_costs = st.fixed_dictionaries({"teaching": _amounts}, optional=dict.fromkeys(_COSTS, _amounts))
_odd_course = st.fixed_dictionaries({"costs": _odd_costs}, optional={
    "title": _texts, "kind": st.sampled_from(list(BUILT_IN["training.kind"].choices)), "cpf_eligible": st.booleans(),
    "certification": _optional({"rncp": _texts, "rs": _texts, "cpf_codes": st.lists(_texts, max_size=2)}),
    "region": _texts, "start": _sane | _dates, "end": _sane | _dates, "weekly_hours": _amounts,
    "hours": _optional({"total": _amounts, "centre": _amounts, "company": _amounts}),
})  # fmt: skip


# Texts ------------------------------------------------------------------------------------------

_PIECES = [
    *"\n\t:-{}[],'\"\\#|>@`~? é\x00\u2028\ufeff\ud800\U0001f600", "  ", ": ", "- ", "&a ", "*a", "!!str ", "<<: ",
    "\\ud83d", "---", "...", "%YAML 1.2", "null", "true", "01", "1e999", "9" * 5000, "0217-02-30", "__at__", "holder",
    "opinions",
]  # fmt: skip
pieces = st.sampled_from(_PIECES)
"""Bits of YAML and JSON that readers trip over."""


@st.composite
def hostile_texts(draw: st.DrawFn, valid: str) -> str:
    """A valid text, dossier or rules, with one to three cuts filled by something odd; or no valid text at all."""
    if draw(st.integers(0, 3)) == 0:
        return draw(st.lists(pieces | st.text(max_size=5), max_size=15).map("".join))
    text = valid
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + draw(pieces) + text[end:]
    return text
