"""Shapes become a rulebook: names are resolved, units checked, relations expanded; every mistake is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cpf_funding.errors import Problem
from cpf_funding.facts import BUILT_IN, Fact, parse_value
from cpf_funding.language import tree
from cpf_funding.language.amounts import compile_amount
from cpf_funding.language.context import ConditionFunction, Vocabulary
from cpf_funding.language.lists import EligibilityList, ListRow
from cpf_funding.language.problems import Checker
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Aid, Duration, Rulebook
from cpf_funding.rulebook.dated import parameter_of, periods_of, sourcing_of
from cpf_funding.rulebook.levers import LeverShape, levers_of
from cpf_funding.rulebook.local import Local
from cpf_funding.rulebook.shapes import (
    AidShape,
    CauseShape,
    DocumentShape,
    FactShape,
    FunderShape,
    ListFile,
    ParameterShape,
    SourceShape,
)  # fmt: skip

__all__ = ["Shapes", "assemble", "looks_at_others"]


@dataclass(slots=True)
class Shapes:
    """Everything read from the files of a rules folder and its overlays."""

    aids: list[AidShape] = field(default_factory=list)
    parameters: dict[str, ParameterShape] = field(default_factory=dict)
    sources: dict[str, SourceShape] = field(default_factory=dict)
    funders: dict[str, FunderShape] = field(default_factory=dict)
    facts: dict[str, FactShape] = field(default_factory=dict)
    documents: dict[str, DocumentShape] = field(default_factory=dict)
    causes: dict[str, CauseShape] = field(default_factory=dict)
    levers: dict[str, LeverShape] = field(default_factory=dict)
    lists: list[ListFile] = field(default_factory=list)


def assemble(
    shapes: Shapes, digest: str, files: Iterable[str], problems: list[Problem], local: Local | None = None
) -> Rulebook:
    """Build the rulebook; mistakes are appended to `problems`, and the result is only usable when there are none."""
    facts = dict(BUILT_IN) | {name: _fact(name, shape, problems) for name, shape in shapes.facts.items()}
    parameters = {
        name: parameter_of(name, shape, facts, shapes.sources, problems) for name, shape in shapes.parameters.items()
    }
    for aid in shapes.aids:
        for name, shape in aid.parameters.items():
            full = f"{aid.aid}.{name}"
            parameters[full] = parameter_of(full, shape, facts, shapes.sources, problems)
    lists = {shape.list: _list(shape, shapes.sources, problems) for shape in shapes.lists}
    vocabulary = Vocabulary(
        facts, parameters, lists, frozenset(aid.aid for aid in shapes.aids), frozenset(shapes.causes)
    )
    aids = [_aid(shape, vocabulary, shapes, problems) for shape in shapes.aids]
    _check_cycles(aids, problems)
    levers = levers_of(shapes.levers, shapes.causes, vocabulary, problems)
    return Rulebook(
        aids=tuple(sorted(aids, key=lambda aid: (aid.rank, aid.id))), parameters=parameters, facts=facts, lists=lists,
        sources=shapes.sources, funders=shapes.funders, documents=shapes.documents, causes=shapes.causes,
        digest=digest, files=tuple(files), local=local or Local(), levers=levers, made_of=shapes,
    )  # fmt: skip


def _fact(name: str, shape: FactShape, problems: list[Problem]) -> Fact:
    if name in BUILT_IN:
        problems.append(
            Problem(f"le fait « {name} » existe déjà dans le dossier", "retirez-le de facts.yaml", shape.at)
        )
    if shape.kind is Unit.YES_NO:
        problems.append(Problem(f"le fait « {name} » se répond par oui ou non", "écrivez kind: truth", shape.at))
    bounds: dict[str, int] = {}
    for bound in ("least", "most"):
        text = getattr(shape, bound)
        if text is not None and isinstance(shape.kind, Unit):
            try:
                value = parse_value(shape.kind, text)
                bounds[bound] = value if isinstance(value, int) else 0
            except ValueError as error:
                problems.append(Problem(f"borne « {text} » refusée", str(error), shape.at))
    return Fact(
        name, shape.kind, shape.label, shape.question, shape.choices or {}, bounds.get("least"), bounds.get("most")
    )


def _list(shape: ListFile, sources: Mapping[str, SourceShape], problems: list[Problem]) -> EligibilityList:
    rows: dict[str, list[ListRow]] = {}
    for entry in shape.entries:
        row = ListRow(entry.public, frozenset(entry.regions), frozenset(entry.branches), entry.from_, entry.until)
        rows.setdefault(entry.code, []).append(row)
    return EligibilityList(
        shape.list, shape.label, shape.codes, shape.complete, {code: tuple(found) for code, found in rows.items()},
        sourcing_of(shape, sources, problems),
    )  # fmt: skip


def _aid(shape: AidShape, vocabulary: Vocabulary, shapes: Shapes, problems: list[Problem]) -> Aid:
    check = Checker(vocabulary, shape.aid, problems)
    _check_names(shape, shapes, check)
    relations, procedure = shape.relations, shape.procedure

    def condition(node: tree.Node | None) -> ConditionFunction | None:
        return None if node is None else check.condition(node)

    def duration(node: tree.Node | None) -> Duration | None:
        if node is None:
            return None
        function, unit = compile_amount(node, check)
        if not (unit.is_days or unit is Unit.MONTHS):
            check.problem(node, f"un délai ne se donne pas en {unit}", "donnez-le en jours (trois sortes) ou en mois")
        return Duration(function, unit)

    amount, unit = compile_amount(shape.amount, check)
    check.same_unit(Unit.EUR, unit, shape.amount)
    answer = procedure.answer
    excludes, needs, with_, waived_by = (
        check.select(selectors, relations) - {shape.aid}
        for selectors in (relations.excludes, relations.needs, relations.with_, relations.waived_by)
    )
    if needs & excludes == needs != frozenset():
        check.problem(
            relations, "toutes les aides exigées (needs) sont exclues (excludes)", "retirez l'une des deux relations"
        )
    to_be_eligible = _joined([shape.eligibility], check)
    return Aid(
        shape=shape, in_force=periods_of(shape.in_force, shapes.sources, problems), scope=condition(shape.scope),
        eligibility=condition(shape.eligibility), firm_when=condition(shape.firm_when), amount=amount,
        notice=duration(procedure.notice), least=duration(answer.least if answer else None),
        usual=duration(answer.usual if answer else None), most=duration(answer.most if answer else None),
        excludes=excludes, needs=needs, with_=with_, waived_by=waived_by,
        after=check.select(procedure.after, procedure) - {shape.aid},
        joins=_joined([shape.amount], check) | to_be_eligible,
        joins_to_be_eligible=bool(to_be_eligible),
        counts=_counted(shape.amount, check), looks_at_others=looks_at_others(shape.amount),
        sees_plan=check.looks_at_plan(shape.amount), profile=check.profile(shape.scope),
        line_sets=(shape.covers, *(n.remaining for n in tree.walk(shape.amount) if isinstance(n, tree.Remaining))),
        used=frozenset(check.used),
    )  # fmt: skip


def _joined(nodes: Iterable[tree.Node | None], check: Checker) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for node in nodes:
        for part in tree.walk(node) if node is not None else ():
            if isinstance(part, tree.JoinedBy):
                found |= check.select(part.joined_by, part)
    return found - {check.aid}


def _counted(amount: tree.Node, check: Checker) -> frozenset[str]:
    paid_by = (node.paid_by for node in tree.walk(amount) if isinstance(node, tree.PaidBy))
    return frozenset().union(*(check.select(selectors, amount) for selectors in paid_by)) - {check.aid}


def looks_at_others(amount: tree.Node) -> bool:
    """Whether an amount uses what others pay or leave otherwise than as one bound among others."""
    if isinstance(amount, tree.LeastOf):
        return any(looks_at_others(part) for part in amount.least_of)
    if isinstance(amount, tree.Remaining):
        return False
    return any(isinstance(node, tree.Remaining | tree.PaidBy) for node in tree.walk(amount))


def _check_names(shape: AidShape, shapes: Shapes, check: Checker) -> None:
    if shape.funder not in shapes.funders:
        check.problem(shape, f"financeur inconnu « {shape.funder} »", "déclarez-le dans rules/funders.yaml")
    for document in shape.procedure.documents:
        if document not in shapes.documents:
            check.problem(shape.procedure, f"pièce inconnue « {document} »", "déclarez-la dans rules/documents.yaml")
    for part in (shape.relations, shape.procedure):
        if part.source is not None and part.source not in shapes.sources:
            check.problem(part, f"source inconnue « {part.source} »", "déclarez-la dans rules/sources.yaml")
    if (shape.kind == "mandatory") is not bool(shape.relations.with_):
        check.problem(
            shape, "« with » et « kind: mandatory » vont ensemble", "une contribution obligatoire suit une aide"
        )
    for name, parameter in shape.parameters.items():
        if "." in name:
            check.problem(
                parameter, f"le paramètre « {name} » porte un point", "réservez le point aux paramètres partagés"
            )
        if f"parameter:{shape.aid}.{name}" not in check.used:
            check.used.add(f"declared:{shape.aid}.{name}")


def _check_cycles(aids: list[Aid], problems: list[Problem]) -> None:
    """`after` must be a partial order."""
    follows = {aid.id: aid.after for aid in aids}
    done: set[str] = set()
    for aid in aids:
        path: list[str] = []

        def visit(name: str, path: list[str] = path) -> list[str] | None:
            if name in path:
                return path[path.index(name) :]
            if name in done:
                return None
            path.append(name)
            for before in sorted(follows.get(name, ())):
                cycle = visit(before)
                if cycle:
                    return cycle
            path.pop()
            done.add(name)
            return None

        cycle = visit(aid.id)
        if cycle:
            chain = " → ".join([*cycle, cycle[0]])
            problems.append(
                Problem(
                    f"les aides s'attendent en rond : {chain}",
                    "retirez l'une des relations « after »",
                    aid.shape.procedure.at,
                )
            )
            return
