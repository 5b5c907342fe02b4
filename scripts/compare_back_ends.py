"""Plan thousands of dossiers one by one and as a table, and see that every cent, verdict and cause is the same.

    python scripts/compare_back_ends.py                       # 4 000 dossiers a day, and those next to every threshold
    python scripts/compare_back_ends.py --count 500 --seed 7 --day 2017-03-01 --no-around

The packaged rules, the same with delays observed by an agency, and the six aids of the benchmarks; then starts on the
eve and on the day of every answer awaited. Fails at the first difference, which it prints whole.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from cpf_funding import Rulebook, load_rulebook  # noqa: E402  (found once the folder of the tests is)
from cpf_funding.dossier import Dossier  # noqa: E402
from cpf_funding.errors import InputError  # noqa: E402
from cpf_funding.frames import CannotCompileError, dossiers_to_table  # noqa: E402
from cpf_funding.testing import dossiers_around  # noqa: E402
from frames.both import differences  # noqa: E402
from frames.dossiers import Drawer, next_to_answers, observed  # noqa: E402

DAYS = ("2015-06-01", "2017-03-01", "2019-06-01", "2021-09-01", "2024-06-01", "2026-04-02", "2026-11-23")
SIX = ROOT / "benchmarks" / "six_aids" / "rules"
BATCH = 1000


def compare(name: str, dossiers: Iterator[Dossier], rulebook: Rulebook, on: date) -> int:
    """How many dossiers were compared, none on a day that is refused; raises `SystemExit` at the first difference."""
    count, clock = 0, process_time()
    while batch := list(islice(dossiers, BATCH)):
        count += len(batch)
        try:
            for dossier, what in differences(batch, rulebook, on):
                raise SystemExit(f"{name}, {on} : {what}\n{dossier.model_dump_json(exclude_unset=True)}")
        except CannotCompileError as refusal:
            print(f"{name:<24} {on} refused: {refusal}"[:120], flush=True)
            return 0
    print(f"{name:<24} {on} {count:>8} dossiers, no difference, {process_time() - clock:.0f} s", flush=True)
    return count


def around(rulebook: Rulebook) -> dict[date, list[Dossier]]:
    """The dossiers next to every threshold that a table can hold, by day."""
    found: dict[date, list[Dossier]] = {}
    for near in dossiers_around(rulebook):
        assert near.dossier.as_of is not None
        try:
            dossiers_to_table([near.dossier], rulebook)
        except InputError:
            continue
        found.setdefault(near.dossier.as_of, []).append(near.dossier)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when both back ends say the same of every dossier."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=4000, help="dossiers a day and a rulebook")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", action="append", type=date.fromisoformat, help="may be repeated")
    parser.add_argument("--around", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args(arguments)
    packaged, six, total = load_rulebook(), load_rulebook(rules=SIX), 0
    rulebooks = {"packaged rules": packaged, "delays observed": observed(packaged, asked.seed), "six aids": six}
    for on in asked.day or map(date.fromisoformat, DAYS):
        for name, rulebook in rulebooks.items():
            drawn = [*Drawer(rulebook, on, asked.seed).dossiers(asked.count)]
            total += compare(name, iter(drawn), rulebook, on)
            total += compare(f"{name}, answers", next_to_answers(drawn, rulebook, on), rulebook, on)
    for name, rulebook in (("next to thresholds", packaged), ("six aids, thresholds", six)) if asked.around else ():
        for on, dossiers in sorted(around(rulebook).items()):
            total += compare(name, iter(dossiers), rulebook, on)
    print(f"{total} dossiers, seed {asked.seed}: no difference")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
