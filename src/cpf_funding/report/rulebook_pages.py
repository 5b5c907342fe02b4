"""The pages of a rulebook, in Markdown: one for each aid, an index, and the table of what the rules cover.

Made from the rules alone, so that the same rules always give the same pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from cpf_funding.language.render import value_of_setting
from cpf_funding.language.values import ANY_KEY, Parameter, Setting, Sourcing
from cpf_funding.language.words import CONFIDENCE, day_in_french
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.rulebook.portrait import STATES, named_values, place, portrait, value_period

__all__ = ["aid_page", "coverage_page", "index_page", "write_pages"]

Cases = Mapping[str, Sequence[str]]
"""The worked cases of each aid, by its id."""


def write_pages(book: Rulebook, folder: Path, cases: Cases) -> int:
    """Write the pages in a folder, made if need be; pages of the same names are replaced. Returns how many."""
    (folder / "aides").mkdir(parents=True, exist_ok=True)
    pages = {f"aides/{aid.id}.md": aid_page(book, aid, cases.get(aid.id, ())) for aid in book.aids}
    pages |= {"index.md": index_page(book), "coverage.md": coverage_page(book, cases)}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return len(pages)


# One aid ----------------------------------------------------------------------------------------


def aid_page(book: Rulebook, aid: Aid, cases: Sequence[str] = ()) -> str:
    """Everything that the rules say of an aid, over all time."""
    return "\n".join(_page(book, aid, cases)) + "\n"


def _page(book: Rulebook, aid: Aid, cases: Sequence[str]) -> Iterator[str]:
    said = portrait(book, aid)
    yield f"# {aid.label}"
    yield ""
    yield f"Identifiant : `{aid.id}`. Écrite dans `{place(aid.shape.at, book)}`."
    yield ""
    yield from (f"- {line}" for line in said.identity[1:])
    if aid.shape.note:
        yield ""
        yield f"> {_cell(aid.shape.note)}"
    yield from _periods(book, aid)
    for part in said.parts:
        yield ""
        yield f"## {part.title}"
        yield ""
        for sentence in part.sentences:
            yield from _bullets(sentence.lines())
    parameters = [book.parameters[name] for name in named_values(book, aid)]
    if parameters:
        yield ""
        yield "## Valeurs"
    for parameter in parameters:
        yield from _timeline(book, parameter)
    yield from _sources(book, aid, parameters)
    yield ""
    yield "## Cas"
    yield ""
    yield from (f"- {_cell(case)}" for case in cases) if cases else iter(["Aucun cas."])


def _bullets(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        inner = line.lstrip(" ")
        yield f"{line[: len(line) - len(inner)]}- {_escape(inner)}"


def _escape(text: str) -> str:
    return text.replace("*", "\\*").replace("<", "&lt;")


def _cell(text: str) -> str:
    return _escape(" ".join(text.split())).replace("|", "\\|")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _periods(book: Rulebook, aid: Aid) -> Iterator[str]:
    yield ""
    yield "## Périodes"
    yield ""
    yield from _table(
        ("Période", "État", "Source", "Vérifiée le", "Écrite dans"),
        (
            (
                value_period(period), STATES[period.state] + (f" : {_cell(period.reason)}" if period.reason else ""),
                _source(period.sourcing), day_in_french(period.sourcing.checked_on), f"`{place(period.origin, book)}`",
            )
            for period in aid.in_force
        ),
    )  # fmt: skip


def _timeline(book: Rulebook, parameter: Parameter) -> Iterator[str]:
    clock = "date de la demande" if parameter.clock == "filing" else "premier jour de la formation"
    yield ""
    yield f"### {_escape(parameter.label)}"
    yield ""
    yield (
        f"`{parameter.name}`, lu à la {clock}."
        if parameter.clock == "filing"
        else f"`{parameter.name}`, lu au {clock}."
    )
    yield ""
    head: tuple[str, ...] = ("Période", "Valeur", "Source", "Vérifiée le", "Écrite dans")
    rows = [_row(book, setting) for key in parameter.table for setting in reversed(parameter.table[key])]
    if parameter.by is not None:
        fact = book.facts[parameter.by]
        keys = [
            "toute autre" if key == ANY_KEY else _cell(fact.choices.get(key, key))
            for key in parameter.table
            for _ in parameter.table[key]
        ]
        head, rows = (fact.label.capitalize(), *head), [(key, *row) for key, row in zip(keys, rows, strict=True)]
    yield from _table(head, rows)


def _row(book: Rulebook, setting: Setting) -> tuple[str, ...]:
    said = value_of_setting(setting) + (f" : {_cell(setting.reason)}" if setting.reason else "")
    sourcing = setting.sourcing
    checked = day_in_french(sourcing.checked_on) if sourcing is not None else ""
    source = _source(sourcing) if sourcing is not None else ""
    return value_period(setting), said, source, checked, f"`{place(setting.origin, book)}`"


def _source(sourcing: Sourcing) -> str:
    return f"`{sourcing.source}` ({CONFIDENCE[sourcing.confidence]})"


def _sources(book: Rulebook, aid: Aid, parameters: Iterable[Parameter]) -> Iterator[str]:
    named = [period.sourcing.source for period in aid.in_force]
    named += [part.source for part in (aid.shape.relations, aid.shape.procedure) if part.source is not None]
    named += [s.sourcing.source for p in parameters for s in p.settings() if s.sourcing is not None]
    yield ""
    yield "## Sources"
    yield ""
    for id in dict.fromkeys(named):
        source = book.sources[id]
        more = [f", {source.article}" if source.article else "", f", <{source.address}>" if source.address else ""]
        yield f"- `{id}` : {_cell(source.title)}{''.join(more)}"


# All aids ---------------------------------------------------------------------------------------


def index_page(book: Rulebook) -> str:
    """The list of the aids, by funder."""
    lines = ["# Recueil des règles", "", f"Empreinte des règles : `{book.digest[:16]}`.", ""]
    lines += ["```{toctree}", ":maxdepth: 1", "", "coverage"]
    lines += [f"aides/{aid.id}" for aid in _by_funder(book)]
    return "\n".join([*lines, "```"]) + "\n"


def _by_funder(book: Rulebook) -> list[Aid]:
    return sorted(book.aids, key=lambda aid: (book.funders[aid.shape.funder].label, aid.rank, aid.id))


def coverage_page(book: Rulebook, cases: Cases) -> str:
    """What the rules cover: for each aid its periods, how many values, how sure, how fresh, how many cases."""
    rows = [_coverage(book, aid, cases) for aid in _by_funder(book)]
    every = [s.sourcing for p in book.parameters.values() for s in p.settings() if s.sourcing is not None]
    every += [period.sourcing for aid in book.aids for period in aid.in_force]
    counts = Counter(sourcing.confidence for sourcing in every)
    shares = ", ".join(f"{CONFIDENCE[name]} : {counts[name]}" for name in CONFIDENCE if counts[name])
    lines = [
        "# Ce que les règles couvrent", "",
        f"{len(book.aids)} aides, {len(book.parameters)} barèmes, {len(every)} valeurs et périodes datées ({shares}). "
        f"Vérification la plus ancienne : {day_in_french(min(s.checked_on for s in every))}.", "",
    ]  # fmt: skip
    head = (
        "Financeur",
        "Aide",
        "Périodes",
        "Valeurs",
        "Forte",
        "Moyenne",
        "Faible",
        "Plus ancienne vérification",
        "Cas",
    )
    return "\n".join([*lines, *_table(head, rows)]) + "\n"


def _coverage(book: Rulebook, aid: Aid, cases: Cases) -> tuple[str, ...]:
    settings = [s for name in named_values(book, aid) for s in book.parameters[name].settings()]
    sourcings = [s.sourcing for s in settings if s.sourcing is not None]
    sourcings += [period.sourcing for period in aid.in_force]
    counts = Counter(sourcing.confidence for sourcing in sourcings)
    low = counts["low"] + counts["memory"]
    shares = [f"{round(100 * count / len(sourcings))} %" for count in (counts["high"], counts["medium"], low)]
    oldest: date = min(sourcing.checked_on for sourcing in sourcings)
    return (
        _cell(book.funders[aid.shape.funder].label), f"[{_cell(aid.label)}](aides/{aid.id}.md)",
        " ; ".join(f"{value_period(period)} ({STATES[period.state]})" for period in aid.in_force),
        str(len(settings)), *shares, day_in_french(oldest), str(len(cases.get(aid.id, ()))),
    )  # fmt: skip
