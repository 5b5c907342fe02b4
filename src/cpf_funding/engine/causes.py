"""Why a plan fails: each declared cause is looked for by one detector, and returned with its evidence.

A cause is `raised` (it costs money or time, on known facts), `watch` (it may), `clear`, or `unknown` (a fact is missing
to tell). Detectors read the plan only; which cause uses which detector is declared in `rules/causes.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cpf_funding.engine.plan import Cause, Contribution, FundingPlan, VerdictLine
from cpf_funding.engine.schedule import in_time
from cpf_funding.facts import parse_value
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Evidence, leaves
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.shapes import CauseShape
from cpf_funding.truth import Truth

__all__ = ["detect_causes"]

_STATES = ("raised", "watch", "unknown", "clear")


@dataclass(slots=True)
class _Found:
    state: str
    evidence: tuple[Evidence, ...] = ()
    aids: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    euros: int = 0


@dataclass(slots=True)
class _Scene:
    """What detectors look at."""

    id: str
    shape: CauseShape
    plan: FundingPlan
    rulebook: Rulebook
    context: Context
    losses: Mapping[str, list[VerdictLine]]
    doubts: Mapping[str, list[tuple[Evidence, str]]]
    """By cause, the conditions that are unknown for aids not refused, each with its aid."""

    def lost(self) -> list[VerdictLine]:
        """Aids otherwise open that could have paid: refused, or left out for want of a co-funder, for this alone."""
        return self.losses.get(self.id, [])

    def raised_by(self, lost: list[VerdictLine]) -> _Found:
        """Raised by these losses, for what they could have paid of what is missing, or may be in the worst case."""
        euros = min(self.plan.unfunded or self.plan.unfunded_worst, sum(v.potential for v in lost))
        return _Found("raised", tuple(e for v in lost for e in v.evidence), tuple(v.aid for v in lost), (), euros)

    def undecided(self) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
        """Conditions of this cause that are unknown for aids not refused, and the aids."""
        found = self.doubts.get(self.id, [])
        return tuple(leaf for leaf, _ in found), tuple(dict.fromkeys(aid for _, aid in found))

    @property
    def rights(self) -> list[Contribution]:
        """Lines paid by the person's own rights."""
        return [c for c in self.plan.contributions if self.rulebook.aid(c.aid).kind == "right"]


def _lost_for_this_alone(verdict: VerdictLine) -> bool:
    """Whether an aid otherwise open is refused, or left out for want of a co-funder, for its one cause."""
    if not verdict.presumed or verdict.out_of_scope:
        return False
    told = [e for e in verdict.evidence if e.kind != "request" or e.cause is not None]
    return all(_carries(e, verdict.causes[0]) for e in told)


def _carries(evidence: Evidence, cause: str) -> bool:
    if evidence.cause is not None:
        return evidence.cause == cause
    failed = [child for child in evidence.children if child.truth is Truth.NO]
    return bool(failed) and all(_carries(child, cause) for child in failed)


def _parts(evidence: Evidence, cause: str) -> Iterator[Evidence]:
    """The parts of an evidence tree that raise this cause when they fail."""
    if evidence.cause == cause:
        yield evidence
        return
    for child in evidence.children:
        yield from _parts(child, cause)


def _doubts(evidence: Evidence, aid: str, told: tuple[str, ...], found: dict[str, list[tuple[Evidence, str]]]) -> None:
    """Note, by cause, the parts of an evidence tree that are unknown; once by cause along a branch."""
    if evidence.truth is not Truth.UNKNOWN:
        return
    if evidence.cause is not None and evidence.cause not in told:
        found.setdefault(evidence.cause, []).append((evidence, aid))
        told = (*told, evidence.cause)
    for child in evidence.children:
        _doubts(child, aid, told, found)


def _missing(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for e in evidence for name in e.missing))


def detect_causes(plan: FundingPlan, rulebook: Rulebook, context: Context) -> FundingPlan:
    """The plan with its causes: those of the survey always, the others when they are not clear; worst first."""
    losses: dict[str, list[VerdictLine]] = {}
    for verdict in plan.verdicts:
        if verdict.potential > 0 and len(verdict.causes) == 1 and _lost_for_this_alone(verdict):
            losses.setdefault(verdict.causes[0], []).append(verdict)
    doubts: dict[str, list[tuple[Evidence, str]]] = {}
    for verdict in plan.verdicts:
        if verdict.state is Truth.UNKNOWN:
            for evidence in verdict.evidence:
                _doubts(evidence, verdict.aid, (), doubts)
    found: list[Cause] = []
    for id, shape in rulebook.causes.items():
        result = _DETECTORS[shape.detector](_Scene(id, shape, plan, rulebook, context, losses, doubts))
        if shape.survey or result.state != "clear":
            found.append(
                Cause(id, shape.label, result.state, result.evidence, result.aids, result.missing, result.euros)
            )
    rank = {id: place for place, id in enumerate(rulebook.causes)}
    found.sort(key=lambda cause: (_STATES.index(cause.state), -cause.euros, rank[cause.id]))
    return replace(plan, causes=tuple(found))


def _envelope(scene: _Scene) -> _Found:
    """Lost to an exhausted envelope while the person's rights do not cover the teaching cost."""
    covered = sum(c.by_line.get("teaching", 0) for c in scene.rights)
    if covered >= scene.plan.cost_lines.get("teaching", 0):
        doubtful = tuple(name for c in scene.rights if c.standing == "to_confirm" for name in c.confirm)
        return _Found("unknown", missing=doubtful) if doubtful and scene.lost() else _Found("clear")
    lost = scene.lost()
    if lost:
        return scene.raised_by(lost)
    undecided, aids = scene.undecided()
    low = []
    if any(envelope.state == "low" for envelope in scene.context.envelopes.values()):
        low = [
            (leaf, v.aid) for v in scene.plan.verdicts if v.state is not Truth.NO for e in v.evidence
            for leaf in leaves(e) if leaf.kind == "envelope" and leaf.seen == "low"
        ]  # fmt: skip
    if undecided or low:
        evidence = undecided + tuple(leaf for leaf, _ in low)
        return _Found("watch", evidence, tuple(dict.fromkeys((*aids, *(aid for _, aid in low)))), _missing(evidence))
    return _Found("clear")


def _lost(scene: _Scene) -> _Found:
    """An aid otherwise open is lost to this limit and the plan is incomplete; watch past the mark."""
    lost = scene.lost()
    if lost and scene.plan.unfunded:
        return scene.raised_by(lost)
    fact = scene.shape.fact
    if fact is None or scene.shape.above is None:
        return (
            _Found("watch", tuple(e for v in lost for e in v.evidence), tuple(v.aid for v in lost))
            if lost
            else _Found("clear")
        )
    seen, kind = scene.context.facts.get(fact), scene.rulebook.facts[fact].kind
    mark = parse_value(kind, scene.shape.above)
    if seen is None:
        return _Found("unknown", missing=(fact,))
    if isinstance(seen, int) and isinstance(mark, int) and seen > mark:
        evidence = Evidence(Truth.YES, "fact", fact, "above", seen, kind, (mark,))
        return _Found("watch", (evidence,), tuple(v.aid for v in lost))
    return _Found("clear")


def _list(scene: _Scene) -> _Found:
    """The person's right is lost to eligibility, another aid requires it, and the plan is incomplete."""
    lost = scene.lost()
    rights = [v for v in lost if scene.rulebook.aid(v.aid).kind == "right"]
    others = [v for v in lost if v not in rights]
    if rights and others and scene.plan.unfunded:
        return scene.raised_by(lost)
    if rights:
        return _Found("watch", tuple(e for v in rights for e in v.evidence), tuple(v.aid for v in rights))
    undecided, aids = scene.undecided()
    return _Found("unknown", undecided, aids, _missing(undecided)) if undecided else _Found("clear")


def _answers(scene: _Scene) -> _Found:
    """A filing date has passed and money is missing, or an answer is not expected before the start."""
    lost = scene.lost()
    late = [line for line in scene.plan.calendar if line.slack_days is not None and line.slack_days < 0]
    if lost and scene.plan.unfunded and not late:
        return scene.raised_by(lost)
    if late:
        euros = sum(c.amount for c in scene.plan.contributions if c.aid in {line.aid for line in late})
        evidence = tuple(
            Evidence(
                Truth.NO, "answer", line.aid, "at_most", line.answer.likely, "date",
                (scene.context.start,), cause=scene.id,
            )
            for line in late
        )  # fmt: skip
        evidence += tuple(e for v in lost for e in v.evidence)
        return _Found("raised", evidence, tuple(line.aid for line in late) + tuple(v.aid for v in lost), (), euros)
    if scene.context.start is None:
        return _Found("unknown", missing=("training.start",))
    doubtful = [
        line.aid for line in scene.plan.calendar if not in_time(line.on_time_probability, scene.shape.threshold)
    ]  # fmt: skip
    if lost or doubtful:
        evidence = tuple(e for v in lost for e in v.evidence)
        missing = tuple(f"delay:{line.aid}" for line in scene.plan.calendar if line.slack_days is None)
        return _Found("watch", evidence, tuple(v.aid for v in lost) + tuple(doubtful), missing)
    return _Found("clear")


def _ceilings(scene: _Scene) -> _Found:
    """Every open aid pays its ceiling and money is missing; or an all-or-nothing aid falls for want of the rest."""
    bound = [c for c in scene.plan.contributions if c.limit is not None and not c.by_holder]
    fallen = [v for v in scene.plan.verdicts if v.lost_to == "own_money"]
    aids = tuple(c.aid for c in bound) + tuple(v.aid for v in fallen)
    if aids and scene.plan.unfunded:
        return _Found("raised", tuple(_bound(c, scene) for c in bound), aids, (), scene.plan.unfunded)
    doubtful = [name for c in scene.plan.contributions for name in c.confirm if name.startswith("parameter:")]
    if doubtful and scene.plan.unfunded_worst:
        return _Found("unknown", missing=tuple(dict.fromkeys(doubtful)))
    tight = [c for c in bound if scene.rulebook.aid(c.aid).kind == "aid" and not _shares(c)]
    if tight:
        return _Found("watch", tuple(_bound(c, scene) for c in tight), tuple(c.aid for c in tight))
    return _Found("clear")


def _bound(line: Contribution, scene: _Scene) -> Evidence:
    """A line that pays all it can."""
    setting = line.limit.setting if line.limit is not None else None
    return Evidence(
        Truth.NO, "ceiling", line.aid, "at_most", scene.plan.cost_total, "EUR", (line.amount,), cause=scene.id,
        settings=(setting,) if setting is not None else (),
    )  # fmt: skip


def _shares(contribution: Contribution) -> bool:
    """Whether an amount is bound by the share it takes, rather than by a ceiling."""
    return contribution.limit is not None and contribution.limit.kind == "share"


def _project(scene: _Scene) -> _Found:
    """A funder's test of the project fails, or an opinion is negative; watch when no proof is on file."""
    against = [
        (leaf, v.aid) for v in scene.plan.verdicts
        if v.state is Truth.NO and not v.out_of_scope and scene.id in v.causes
        for e in v.evidence for leaf in _parts(e, scene.id)
    ]  # fmt: skip
    if against:
        lost = scene.lost()
        euros = scene.raised_by(lost).euros
        return _Found(
            "raised", tuple(leaf for leaf, _ in against), tuple(dict.fromkeys(a for _, a in against)), (), euros
        )
    undecided, aids = scene.undecided()
    if undecided and (scene.plan.unfunded_worst or any(c.aid in aids for c in scene.plan.contributions)):
        return _Found("unknown", undecided, aids, _missing(undecided))
    proofs = [scene.context.facts.get(name) for name in scene.shape.proofs]
    proved = any(proof not in (None, 0, False, "none") for proof in proofs)
    if scene.shape.proofs and not proved:
        return _Found("watch", missing=tuple(n for n in scene.shape.proofs if n not in scene.context.facts))
    return _Found("clear")


def _refusal(scene: _Scene) -> _Found:
    """An aid otherwise open is refused for this and money is missing."""
    lost = scene.lost()
    return scene.raised_by(lost) if lost and scene.plan.unfunded else _Found("clear")


_DETECTORS = {
    "envelope": _envelope, "lost": _lost, "list": _list, "answers": _answers, "ceilings": _ceilings,
    "project": _project, "refusal": _refusal,
}  # fmt: skip
