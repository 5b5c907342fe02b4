"""Two plans side by side in plain French text, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cpf_funding.engine.comparison import Comparison
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.engine.schedule import latest
from cpf_funding.language.words import day_in_french
from cpf_funding.report.page import Page, item
from cpf_funding.report.wording import chance, change_words, money
from cpf_funding.rulebook.book import Rulebook

__all__ = ["comparison_text"]

_COLUMN = 15
_STATES = {"raised": "établie", "watch": "à surveiller", "unknown": "on ne sait pas", "clear": "écartée"}


def comparison_text(comparison: Comparison, rulebook: Rulebook, width: int = 100) -> str:
    """The comparison as text of at most `width` columns, at least 80; `rulebook` is the one of both plans."""
    width = max(80, width)
    before, after = comparison.before, comparison.after
    page = Page(width)
    name = f" {before.dossier}" if before.dossier else ""
    page.write(f"Comparaison de deux plans{name}")
    changed = (item(change_words(path, value, rulebook)) for path, value in comparison.changes.items())
    page.section("Ce qui change", changed)
    page.blank()
    rows = [("", "avant", "après", "écart"), *_amounts(before, after, rulebook)]
    return page.text() + "".join(_row(row, width) for row in rows) + _rest(before, after, rulebook, width)


def _amounts(before: FundingPlan, after: FundingPlan, rulebook: Rulebook) -> Iterator[tuple[str, str, str, str]]:
    """The cost, every aid of either plan in order of mobilisation, and what is left."""
    yield _money_row("Coût de la formation", before.cost_total, after.cost_total)
    paid, then = ({c.aid: c.amount for c in plan.contributions} for plan in (before, after))
    for id in sorted({*paid, *then}, key=lambda id: (rulebook.aid(id).rank, id)):
        yield _money_row(rulebook.aid(id).label, paid.get(id, 0), then.get(id, 0))
    yield _money_row("La personne paie", before.holder_pays, after.holder_pays)
    yield _money_row("Il manque", before.unfunded, after.unfunded)
    yield _money_row("Il manquerait au pire", before.unfunded_worst, after.unfunded_worst)
    yield ("Dernière réponse attendue", _day(_last(before)), _day(_last(after)), "")
    likely, then_likely = (_chance(plan.on_time_probability) for plan in (before, after))
    yield ("Chance de tout avoir à temps", likely, then_likely, "")


def _money_row(label: str, before: int, after: int) -> tuple[str, str, str, str]:
    change = after - before
    return label, money(before), money(after), ("+" if change > 0 else "") + money(change) if change else "="


def _row(row: tuple[str, str, str, str], width: int) -> str:
    label, *cells = row
    room = width - 3 * _COLUMN
    words = label if len(label) < room else f"{label[: room - 2]}…"
    return f"{words:<{room}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells).rstrip() + "\n"


def _last(plan: FundingPlan) -> date | None:
    return latest(line.answer for line in plan.calendar)


def _chance(probability: float | None) -> str:
    return chance(probability) if probability is not None else "non connue"


def _day(day: date | None) -> str:
    return day_in_french(day) if day is not None else "non connue"


def _rest(before: FundingPlan, after: FundingPlan, rulebook: Rulebook, width: int) -> str:
    """The causes whose state changes, and the filing dates that move."""
    page = Page(width)
    was, now = ({cause.id: cause.state for cause in plan.causes} for plan in (before, after))
    page.section(
        "Causes de blocage",
        (
            item(f"{rulebook.causes[id].label} : {_STATES[was.get(id, 'clear')]} → {_STATES[now.get(id, 'clear')]}")
            for id in rulebook.causes
            if was.get(id, "clear") != now.get(id, "clear")
        ),
    )
    dates, moved = ({line.aid: line.file_by for line in plan.calendar} for plan in (before, after))
    page.section(
        "Dates limites de dépôt",
        (
            item(f"{rulebook.aid(id).label} : {_limit(dates, id)} → {_limit(moved, id)}")
            for id in dict.fromkeys([*dates, *moved])
            if dates.get(id) != moved.get(id)
        ),
    )
    return page.text()


def _limit(dates: dict[str, date | None], id: str) -> str:
    return _day(dates[id]) if id in dates else "pas demandée"
