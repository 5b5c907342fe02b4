"""What was put to the test, in figures, as a page of the documentation.

    python scripts/assurance.py              # docs/assurance.md, from the results kept in docs/assurance/
    python scripts/assurance.py --check      # only says whether the page is up to date
    python scripts/assurance.py --measure    # first runs the tests, for their number, their inputs and what they cover

No figure is written by hand: `scripts/fuzz.py`, `mutate_rules.py` and `mutate_code.py` keep the other results.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "assurance.md"
RESULTS = ROOT / "docs" / "assurance"
TESTS = RESULTS / "tests.json"
WHOLE = ("money", "truth", "calendars", "language", "engine")
"""The rooms of which every branch is taken by a test."""
TABLES = "language.columns"
"""What compiles a rule for a table of dossiers: apart, for its tests are those of `frames`."""
INTRODUCTION = """# Ce qui est éprouvé

Chaque chiffre de cette page vient d'un résultat gardé dans `docs/assurance/`, et `make assurance` les refait. Rien
n'est écrit à la main. `make mutate-rules` et `make mutate-code` refont les mutants, plus longs.
"""
KINDS = {
    "bound": "un jour de plus ou de moins au début ou à la fin d'une période",
    "clock": "jour de dépôt à la place du jour de début, ou l'inverse",
    "hole": "valeur non établie remplacée par la précédente",
    "limit": "seuil décalé d'un pas, ou strict au lieu de large",
    "relation": "exclusion, besoin ou ordre retiré",
    "term": "condition ou terme d'un montant retiré",
    "value": "valeur décalée d'un pas : un centime, un jour, une heure",
}
READERS = {
    "dossier": "dossier (YAML)", "json": "dossier (JSON)", "rules": "règles", "list": "liste d'éligibilité",
    "overlay": "règles locales", "case": "cas détaillés", "history": "historique d'une agence (CSV)",
    "import": "listes officielles (XML, CSV, zip)",
}  # fmt: skip


def measure() -> None:
    """Run the tests, the packages apart, and keep their figures."""
    with tempfile.TemporaryDirectory() as place:
        counts, covered = Path(place, "counts.json"), Path(place, "coverage.json")
        environment = os.environ | {
            "PYTHONPATH": str(ROOT / "scripts"), "COVERAGE_FILE": str(Path(place, "data")), "MEASURE_ALL": "1",
        }  # fmt: skip
        command = [
            sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "not packaging", "-p", "count_tests", "--counts",
            str(counts), "--cov", "--cov-report", f"json:{covered}",
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        found = json.loads(counts.read_text(encoding="utf-8"))
        found["coverage"] = rooms(json.loads(covered.read_text(encoding="utf-8"))["files"])
    RESULTS.mkdir(exist_ok=True)
    TESTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def rooms(files: dict[str, Any]) -> dict[str, dict[str, int]]:
    """By room, lines and branches, and how many of them a test takes."""
    found: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(counts, 0))
    counts = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    for path, file in files.items():
        name = path.partition("src/cpf_funding/")[2].removesuffix(".py")
        room = TABLES if name.startswith(TABLES.replace(".", "/")) else name.partition("/")[0]
        for count in counts:
            found[room][count] += file["summary"][count]
    return {room: found[room] for room in sorted(found)}


# The page ---------------------------------------------------------------------------------------


def page() -> str:
    """The page that the results kept make."""
    tests, fuzz, rules, code = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("tests", "fuzz", "rule_mutants", "code_mutants")
    )
    parts = [_tests(tests), _coverage(tests["coverage"]), _rules(rules), _code(code), _fuzz(fuzz), _inputs(fuzz)]
    return "\n".join([INTRODUCTION, *("\n".join([*part, ""]) for part in parts)]).rstrip("\n") + "\n"


def table(*rows: Sequence[object]) -> Iterator[str]:
    """Lines of a table; the first row is its head."""
    head, *others = rows
    yield f"| {' | '.join(map(str, head))} |"
    yield f"| --- | {' | '.join(['---:'] * (len(head) - 1))} |"
    for row in others:
        yield f"| {' | '.join(number(cell) if isinstance(cell, int) else str(cell) for cell in row)} |"


def number(value: int) -> str:
    """`12345` gives `12 345`, with a narrow no-break space."""
    return f"{value:,}".replace(",", "\u202f")


def share(part: int, whole: int) -> str:
    """A percentage, rounded down: 100 % says that nothing is left."""
    tenths = 1000 * part // whole if whole else 1000
    return f"{tenths // 10}{f',{tenths % 10}' if tenths % 10 else ''}\u00a0%"


def _tests(tests: dict[str, Any]) -> Iterator[str]:
    yield "## Essais\n"
    yield from table(
        ("Ce qui est exécuté", "Nombre"),
        ("Essais", tests["tests"]),
        ("dont cas détaillés de `rules/cases/`", tests["worked_cases"]),
        ("Propriétés", tests["properties"]),
        ("Entrées engendrées pour elles, à chaque exécution", tests["generated"]),
    )


def _coverage(coverage: dict[str, dict[str, int]]) -> Iterator[str]:
    yield "## Lignes et branches prises\n"
    yield "Toutes celles des pièces en gras doivent l'être.\n"
    rows = []
    for room, found in coverage.items():
        lines = share(found["covered_lines"], found["num_statements"])
        branches = share(found["covered_branches"], found["num_branches"])
        name = f"**`{room}`**" if room in WHOLE else f"`{room}`"
        rows.append((name, found["num_statements"], lines, found["num_branches"], branches))
    yield from table(("Pièce", "Lignes", "Prises", "Branches", "Prises"), *rows)


def _rules(rules: dict[str, Any]) -> Iterator[str]:
    yield "## Mutants des règles\n"
    yield (
        f"Une erreur à la fois dans les règles : {number(rules['made'])} possibles, {_drawn(rules)}, "
        f"jugées par {number(rules['cases'])} cas et les essais des revenus et des droits. "
        "Une erreur équivalente ne peut être vue sur aucun plan : aucune aide ne lit la valeur ces jours-là, elle n'y "
        "est connue ni avec ni sans l'erreur, ou `tests/mutation/equivalent.yaml` en donne la raison. Les "
        "survivantes : `tests/mutation/survivors.txt`.\n"
    )
    rows = [
        (KINDS[kind], *_judged(found["tried"], found["killed"], found["equivalent"]))
        for kind, found in rules["by_kind"].items()
    ]
    rows.append(("ensemble", *_judged(rules["tried"], rules["killed"], rules["equivalent"])))
    yield from table(("Erreur", "Essayées", "Vues", "Équivalentes", "Survivantes"), *rows)


def _drawn(mutants: dict[str, Any]) -> str:
    """How many were tried, and which draw gives the same again."""
    if mutants["tried"] == mutants["made"]:
        return "toutes essayées"
    return f"{number(mutants['tried'])} essayées (tirage {mutants['seed']})"


def _judged(tried: int, killed: int, same: int) -> tuple[int, int, int, int]:
    return tried, killed, same, tried - killed - same


def _code(code: dict[str, Any]) -> Iterator[str]:
    yield "## Mutants du code\n"
    yield (
        f"Une erreur à la fois dans le code (mutmut) : {number(code['made'])} possibles, {_drawn(code)}. "
        f"{number(code['equivalent'])} équivalentes, chacune avec sa raison dans "
        "`tests/mutation/equivalent_code.yaml` ; les survivantes sont dans `tests/mutation/survivors_code.txt`.\n"
    )
    rooms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for module, each in code["by_room"].items():
        rooms[module.partition(".")[0]].update(each)
    rows = [(f"`{room}`", each["tried"], each["killed"]) for room, each in rooms.items()]
    rows.append(("ensemble", code["tried"], code["killed"] + code["endless"]))
    yield from table(
        ("Pièce", "Essayées", "Vues", "Part"), *((*row, share(row[2], row[1])) for row in rows)
    )  # fmt: skip


def _fuzz(fuzz: dict[str, dict[str, int]]) -> Iterator[str]:
    yield "## Fichiers abîmés\n"
    yield (
        "Des fichiers justes, abîmés au hasard : chacun est lu, et planifié s'il peut l'être, ou refusé avec un "
        "message. Toute autre erreur est un défaut. La suite d'essais en refait un nombre fixe, avec la même graine.\n"
    )
    rows = [(READERS[name], each["runs"], each["refused"], each["crashes"]) for name, each in fuzz.items()]
    rows.append(("ensemble", *(sum(each[key] for each in fuzz.values()) for key in ("runs", "refused", "crashes"))))
    yield from table(("Lecteur", "Essayés", "Refusés", "Défauts"), *rows)


def _inputs(fuzz: dict[str, dict[str, int]]) -> Iterator[str]:
    yield "## Mauvaises entrées écrites à la main\n"
    tests = ROOT / "tests"
    messages = (tests / "hostile" / "messages.txt").read_text(encoding="utf-8").splitlines()
    refused = [line for line in messages if line.startswith(("dossier | ", "json | ", "history | "))]
    yield from table(
        ("Ce qui est essayé", "Nombre"),
        ("Dossiers, textes et historiques refusés, message gardé mot à mot", len(refused)),
        ("Fichiers de règles qui portent une faute", len(list((tests / "bad_rules").glob("*.yaml")))),
        ("Listes officielles abîmées", len(list((tests / "data" / "import_fuzz").glob("*.bin")))),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the page is written, or was up to date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--measure", action="store_true", help="run the tests first")
    parser.add_argument("--check", action="store_true", help="write nothing")
    asked = parser.parse_args(arguments)
    if asked.measure:
        measure()
    text = page()
    if asked.check:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print("up to date" if same else f"{PAGE.name} is not what the results kept make: make assurance")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
