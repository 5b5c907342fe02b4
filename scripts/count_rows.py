"""Count the rows of the sourced notes that the rules cite, or that `docs/not-modelled.md` gives a reason for.

Usage: python scripts/count_rows.py NOTES_DIR [--rules DIR] [--list-missing] [--confidence]
`NOTES_DIR` holds the three files of notes, which are not part of this repository. A row is named by its own identifier
(`CPF-01`), or by its note, its section and its rank in that section's tables (`2026/1.4/2`, `T/6.3/6`). A row is
*cited* when a rule names it under `row:`, *listed* when `docs/not-modelled.md` names it in the first column of a table,
and *missing* otherwise. A name followed by « (part) » says that only a part of the row was left out: it does not list
the row, which must be cited too. Exits with 1 when less than nine rows in ten are cited or listed.

`--confidence` lists instead the values held surer than every row that they cite; exits with 1 when there is one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cpf_funding import Rulebook, load_rulebook

ROOT = Path(__file__).resolve().parent.parent
NOT_MODELLED = ROOT / "docs" / "not-modelled.md"
NOTES = {  # prefix of the rows: file, and the numbers of the sections that state rules
    "2015": ("rules-2015-2018.md", range(1, 10)),
    "2026": ("rules-2019-2026.md", range(1, 11)),
    "T": ("rules-trefle-2018-2020.md", range(3, 10)),
}
ENOUGH = 90
LEVELS = ("memory", "low", "medium", "high")
UNMARKED = "medium"  # what the notes say, in prose, of every table without a column for confidence
OWN = r"[A-Z]{2,3}-\d{2}"
NAME = re.compile(rf"{OWN}|(?:2015|2026|T)/\d+(?:\.\d+)?(?:/\d+)?")
RANGE = re.compile(rf"({NAME.pattern})(?:\s+à\s+({NAME.pattern}))?((?:\s*\([^)]*\))?)")
HEADING = re.compile(r"#{2,3} (\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Row:
    """A row of the notes: its name, its section, the rows it only repeats, and how far it can be trusted."""

    name: str
    section: str
    repeats: tuple[str, ...] = ()
    levels: frozenset[str] = frozenset()


def cells(line: str) -> list[str]:
    """The cells of a line of a Markdown table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows_of(text: str, prefix: str, sections: Iterable[int]) -> Iterator[Row]:
    """The rows of the tables of a note, section by section."""
    wanted, section, rank, header = set(sections), "", 0, list[str]()
    previous = ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = HEADING.match(line)
            section, rank = (heading[1], 0) if heading else (section, rank)
        elif re.fullmatch(r"\|[\s:|-]+\|", line):
            header = [cell.lower() for cell in cells(previous)]
        elif line.startswith("|") and previous.startswith("|") and section and int(section.split(".")[0]) in wanted:
            rank += 1
            yield _row(cells(line), header, f"{prefix}/{section}", rank)
        if line.startswith("|") and not previous.startswith("|"):
            header = []
        previous = line
    return


def _row(found: list[str], header: list[str], section: str, rank: int) -> Row:
    cell = dict(zip(header, found, strict=False))
    ids = re.findall(OWN, _spelled(cell.get("id", "")))
    named = header[:1] == ["id"] and len(ids) == 1  # elsewhere in a line, ids are those of the rows that it repeats
    name, repeats = (ids[0], ()) if named else (f"{section}/{rank}", tuple(ids))
    levels = frozenset(re.findall("|".join(LEVELS), cell.get("confidence", UNMARKED)))
    return Row(name, section, repeats, levels)


def _spelled(text: str) -> str:
    """`REG-09/10` written in full: `REG-09 REG-10`."""
    return re.sub(r"([A-Z]{2,3}-)(\d\d)/(\d\d)", r"\1\2 \1\3", text)


def citations(book: Rulebook) -> Mapping[str, list[tuple[str, str | None]]]:
    """The rows that the rules cite: for each, where, and the confidence of the value (none for a relation)."""
    found: dict[str, list[tuple[str, str | None]]] = {}

    def cite(rows: str | tuple[str, ...] | None, place: object, confidence: str | None) -> None:
        for row in (rows,) if isinstance(rows, str) else rows or ():
            found.setdefault(row, []).append((str(place), confidence))

    for parameter in book.parameters.values():
        for setting in parameter.settings():
            if setting.sourcing:
                cite(setting.sourcing.rows, setting.origin, setting.sourcing.confidence)
    for aid in book.aids:
        for period in aid.in_force:
            cite(period.sourcing.rows, period.origin, period.sourcing.confidence)
        for part in (aid.shape.relations, aid.shape.procedure):
            cite(part.row, part.at, None)
    for eligible in book.lists.values():
        cite(eligible.sourcing.rows, eligible.id, eligible.sourcing.confidence)
    return found


def listed_in(text: str, rows: Iterable[Row]) -> set[str]:
    """The rows that the first columns of the tables of `docs/not-modelled.md` name, ranges and sections spelled out."""
    known = [row.name for row in rows]
    rank = {name: place for place, name in enumerate(known)}
    section_of = {row.name: row.section for row in rows}
    found: set[str] = set()
    for line in text.splitlines():
        for first, last, remark in RANGE.findall(cells(line)[0] if line.startswith("|") else ""):
            if "part" in remark:
                continue
            if last:
                found.update(known[rank[first] : rank[last] + 1])
            else:
                inside = {name for name in known if f"{section_of[name]}/".startswith((f"{first}/", f"{first}."))}
                found.update(inside or {first})
    if strangers := sorted(found - set(known)):
        raise SystemExit(f"{NOT_MODELLED.name} names rows that the notes do not have: {', '.join(strangers)}")
    return found


def covered(row: Row, names: set[str] | Mapping[str, object]) -> bool:
    """Whether a row is among some names; one that only repeats others is when all of them are."""
    return row.name in names or (bool(row.repeats) and all(name in names for name in row.repeats))


def overrated(rows: Iterable[Row], cited: Mapping[str, list[tuple[str, str | None]]]) -> list[str]:
    """The values held surer than every row that they cite; less sure is allowed, for a date that was deduced."""
    levels = {row.name: row.levels for row in rows if row.levels}
    by_value: dict[tuple[str, str], set[str]] = {}
    for name, uses in cited.items():
        for place, confidence in uses:
            if confidence and name in levels:
                by_value.setdefault((place, confidence), set()).add(name)
    wrong = []
    for (place, confidence), names in sorted(by_value.items()):
        if LEVELS.index(confidence) > max(LEVELS.index(level) for name in names for level in levels[name]):
            said = ", ".join(f"{name} {'/'.join(sorted(levels[name]))}" for name in sorted(names))
            wrong.append(f"{place}: {confidence}, notes: {said}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notes", type=Path)
    parser.add_argument("--rules", type=Path)
    parser.add_argument("--not-modelled", type=Path, default=NOT_MODELLED)
    parser.add_argument("--list-missing", action="store_true")
    parser.add_argument("--confidence", action="store_true")
    options = parser.parse_args(arguments)
    rows = [
        row
        for prefix, (file, sections) in NOTES.items()
        for row in rows_of((options.notes / file).read_text(encoding="utf-8"), prefix, sections)
    ]
    cited = citations(load_rulebook(rules=options.rules))
    listed = listed_in(options.not_modelled.read_text(encoding="utf-8"), rows)
    if options.confidence:
        wrong = overrated(rows, cited)
        print(*wrong, f"{len(wrong)} values held surer than the notes say", sep="\n")
        return 1 if wrong else 0
    return report(rows, cited, listed, list_missing=options.list_missing)


def report(rows: list[Row], cited: Mapping[str, object], listed: set[str], *, list_missing: bool) -> int:
    """Print the counts by section and in all; 1 when they are not enough."""
    print(f"{'section':<10}{'rows':>6}{'cited':>7}{'listed':>8}{'missing':>9}")
    total = [0, 0, 0, 0]
    for section in dict.fromkeys(row.section for row in rows):
        here = [row for row in rows if row.section == section]
        in_rules = sum(covered(row, cited) for row in here)
        either = {*cited, *listed}
        missing = [row.name for row in here if not covered(row, either)]
        counts = [len(here), in_rules, len(here) - in_rules - len(missing), len(missing)]
        total = [sum(pair) for pair in zip(total, counts, strict=True)]
        print(f"{section:<10}{counts[0]:>6}{counts[1]:>7}{counts[2]:>8}{counts[3]:>9}")
        if list_missing and missing:
            print(f"  {' '.join(missing)}")
    share = 100 * (total[1] + total[2]) / total[0]
    print(f"{'total':<10}{total[0]:>6}{total[1]:>7}{total[2]:>8}{total[3]:>9}")
    print(f"{share:.1f} % cited or listed, {100 * total[1] / total[0]:.1f} % cited")
    names = {row.name for row in rows}
    if strangers := sorted(set(cited) - names):
        print(f"cited, but in none of the sections counted: {' '.join(strangers)}")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
