"""What is legal and yet makes no sense: conditions out of reach, relations that fight, aids that cannot pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fnmatch import fnmatchcase

from cpf_funding.language.render import Renderer
from cpf_funding.language.values import Parameter
from cpf_funding.language.words import day_in_french, missing_label
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.rulebook.bounds import greatest
from cpf_funding.rulebook.findings import Finding
from cpf_funding.rulebook.portrait import named_values, portrait
from cpf_funding.rulebook.reach import unreachable

__all__ = ["unsound"]

_DAY = timedelta(days=1)


def unsound(book: Rulebook) -> Iterator[Finding]:
    """Conditions, relations, periods and amounts that cannot be meant."""
    excluded = _exclusions(book)
    for aid in book.aids:
        yield from _conditions(book, aid)
        yield from _relations(book, aid, excluded[aid.id])
        yield from _holes(book, aid)
        yield from _pays(book, aid)


def _exclusions(book: Rulebook) -> dict[str, frozenset[str]]:
    both: dict[str, set[str]] = {aid.id: set(aid.excludes) for aid in book.aids}
    for aid in book.aids:
        for other in aid.excludes:
            both[other].add(aid.id)
    return {id: frozenset(others) for id, others in both.items()}


def _conditions(book: Rulebook, aid: Aid) -> Iterator[Finding]:
    for part, verdict in unreachable(book, aid):
        node = verdict.node
        said = Renderer(book, aid.id).condition(node, verdict.negated).text
        about = missing_label(verdict.about, book) if verdict.about else "ses termes"
        if verdict.always:
            yield Finding(
                "R002", "warning", f"{aid.id}/{part}", f"« {said} » est toujours remplie ici, à cause de : {about}",
                "retirez-la, ou corrigez ce qui la précède", node.at,
            )  # fmt: skip
        else:
            yield Finding(
                "R001", "error", f"{aid.id}/{part}", f"« {said} » ne peut jamais être remplie, à cause de : {about}",
                "retirez-la, ou corrigez la condition qu'elle contredit", node.at,
            )  # fmt: skip


def _relations(book: Rulebook, aid: Aid, excluded: frozenset[str]) -> Iterator[Finding]:
    relations = aid.shape.relations.at or aid.shape.at
    for selector in aid.shape.relations.needs:
        named = {each.id for each in book.aids if fnmatchcase(each.id, selector)}
        if not named <= excluded:
            continue
        yield Finding(
            "R010", "error", f"{aid.id}/relations", f"« {selector} » est exigée et exclue",
            "retirez l'une des deux relations", relations,
        )  # fmt: skip
    for other in sorted(aid.after & excluded):
        yield Finding(
            "R011", "info", f"{aid.id}/procedure", f"attend la réponse de « {other} », qu'elle exclut",
            "retirez after, sauf si le refus de l'autre aide est exigé d'abord", aid.shape.procedure.at,
        )  # fmt: skip
    for other in sorted(aid.joins & excluded):
        yield Finding(
            "R012", "error", f"{aid.id}/joined_by", f"regarde si « {other} » paie, mais l'exclut du plan",
            "retirez « joined_by » ou l'exclusion", aid.shape.at,
        )  # fmt: skip
    ranks = {each.id: each.rank for each in book.aids}
    for other in sorted(each for each in aid.counts if ranks[each] >= aid.rank):
        message = f"compte ce que paie « {other} », de rang {ranks[other]}, qui vient après"
        yield Finding(
            "R013", "error", f"{aid.id}/paid_by", message,
            f"donnez à « {aid.id} » un rang (order) plus grand", aid.shape.at,
        )  # fmt: skip


# Values -----------------------------------------------------------------------------------------


def _holes(book: Rulebook, aid: Aid) -> Iterator[Finding]:
    """Single values that nothing declares on a day when the aid is open and reads them: known holes of the sources."""
    missing: dict[str, date] = {}
    for name in named_values(book, aid):
        parameter = book.parameters[name]
        days = () if parameter.by is not None else _undeclared(aid, parameter)
        day = next((day for day in days if name in portrait(book, aid, day).cited), None)
        if day is not None:
            missing[parameter.label] = day
    if missing:
        said = ", ".join(f"« {label} » ({day_in_french(day)})" for label, day in missing.items())
        yield Finding(
            "R020", "info", aid.id, f"l'aide est ouverte à des dates où rien n'est déclaré pour : {said}",
            "ajoutez les périodes qui sont établies", aid.shape.at,
        )  # fmt: skip


def _undeclared(aid: Aid, parameter: Parameter) -> Iterator[date]:
    ends = [setting.until + _DAY for setting in parameter.settings() if setting.until is not None]
    for period in aid.in_force:
        if period.state != "open":
            continue
        inside = [day for day in ends if period.start < day and (period.until is None or day <= period.until)]
        yield from (day for day in sorted([period.start, *inside]) if parameter.at(day).start is None)


def _pays(book: Rulebook, aid: Aid) -> Iterator[Finding]:
    if greatest(aid.shape.amount, book, aid.id) == 0:
        yield Finding(
            "R070", "error", aid.id, "son montant est toujours nul", "corrigez amount, ou retirez l'aide", aid.shape.at
        )
    if not any(period.state in ("open", "unknown") for period in aid.in_force):
        yield Finding(
            "R070", "info", aid.id, "aucune de ses périodes n'est ouverte",
            "ajoutez une période ouverte, ou attendez le texte", aid.shape.at,
        )  # fmt: skip
