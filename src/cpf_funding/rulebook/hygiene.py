"""What a rulebook declares and nothing uses, or uses and nobody can answer."""

from __future__ import annotations

from collections.abc import Iterator

from cpf_funding.facts import BUILT_IN
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.rulebook.findings import Finding

__all__ = ["unused"]


def unused(book: Rulebook) -> Iterator[Finding]:
    """Entries of the registers that no rule names, and names that no register explains."""
    named = frozenset().union(*(aid.used for aid in book.aids))
    yield from _sources(book)
    yield from _registers(book, named)
    yield from _facts(book, named)
    yield from _parameters_and_lists(book, named)


def _sources(book: Rulebook) -> Iterator[Finding]:
    cited = {s.sourcing.source for p in book.parameters.values() for s in p.settings() if s.sourcing is not None}
    cited |= {period.sourcing.source for aid in book.aids for period in aid.in_force}
    cited |= {part.source for aid in book.aids for part in (aid.shape.relations, aid.shape.procedure) if part.source}
    cited |= {each.sourcing.source for each in book.lists.values()}
    cited |= {each.sourcing.source for stated in book.local.envelopes.values() for each in stated}
    cited |= {each.sourcing.source for stated in book.local.delays.values() for each in stated}
    for id, source in book.sources.items():
        if id not in cited:
            yield Finding(
                "R040", "warning", f"source:{id}", "aucune règle ne cite cette source",
                "citez-la, ou retirez-la du registre", source.at,
            )  # fmt: skip


def _registers(book: Rulebook, named: frozenset[str]) -> Iterator[Finding]:
    asked = {document for aid in book.aids for document in aid.shape.procedure.documents}
    for id, document in book.documents.items():
        if id not in asked:
            yield Finding(
                "R041", "warning", f"document:{id}", "aucune aide ne demande cette pièce",
                "nommez-la sous procedure.documents d'une aide, ou retirez-la", document.at,
            )  # fmt: skip
    for id, cause in book.causes.items():
        if cause.detector == "refusal" and f"cause:{id}" not in named:
            yield Finding(
                "R043", "warning", f"cause:{id}", "aucune condition ne lève cette cause",
                "donnez cause: à une condition, ou retirez la cause", cause.at,
            )  # fmt: skip
    paying = {aid.shape.funder for aid in book.aids}
    for id, funder in book.funders.items():
        if id not in paying:
            yield Finding(
                "R044", "warning", f"funder:{id}", "aucune aide n'a ce financeur", "retirez-le du registre", funder.at
            )


def _facts(book: Rulebook, named: frozenset[str]) -> Iterator[Finding]:
    read = {name.removeprefix("fact:") for name in named if name.startswith("fact:")}
    read |= {parameter.by for parameter in book.parameters.values() if parameter.by is not None}
    read |= {cause.fact for cause in book.causes.values() if cause.fact is not None}
    read |= {proof for cause in book.causes.values() for proof in cause.proofs}
    for name, fact in book.facts.items():
        if name not in read and name not in BUILT_IN:
            yield Finding("R042", "warning", f"fact:{name}", "aucune règle ne lit ce fait", "retirez-le de facts.yaml")
        if name in read and not fact.question.strip().endswith("?"):
            yield Finding(
                "R060", "error", f"fact:{name}", "une règle lit ce fait, et rien ne le demande au conseiller",
                "écrivez sous question: une phrase qui finit par « ? »",
            )  # fmt: skip


def _parameters_and_lists(book: Rulebook, named: frozenset[str]) -> Iterator[Finding]:
    for name, parameter in book.parameters.items():
        if f"parameter:{name}" not in named:
            yield Finding(
                "R045", "warning", f"parameter:{name}", "aucune règle ne lit ce barème", "lisez-le, ou retirez-le",
                parameter.origin,
            )  # fmt: skip
    for id in book.lists:
        if f"list:{id}" not in named:
            yield Finding(
                "R046",
                "warning",
                f"list:{id}",
                "aucune condition ne lit cette liste",
                "lisez-la, ou retirez son fichier",
            )
    for name in sorted(named):
        kind, _, id = name.partition(":")
        if kind == "list" and id not in book.lists:
            first, *others = _readers(book, name)
            readers = first.id + (f" et {len(others)} autres aides" if others else "")
            message = f"aucun fichier ne donne cette liste, lue par {readers} : on ne sait jamais"
            yield Finding(
                "R047", "info", f"list:{id}", message,
                "ajoutez rules/lists/, ou dites dans check.yaml pourquoi elle manque",
            )  # fmt: skip


def _readers(book: Rulebook, name: str) -> list[Aid]:
    return [aid for aid in book.aids if name in aid.used]
