"""How long the search for remedies takes on the worked examples, and how many plans it rebuilds.

Usage: python benchmarks/remedies.py [RUNS]
The plan itself is given beside, as a yardstick: ratios travel between machines, milliseconds do not.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from cpf_funding import build_plan, load_rulebook, read_dossier
from cpf_funding.engine import remedies
from cpf_funding.engine.remedies import find_remedies

EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "docs" / "examples").glob("*.yaml"))


def median_ms(work: Callable[[], object], runs: int) -> float:
    samples = []
    for _ in range(runs):
        start = perf_counter()
        work()
        samples.append(perf_counter() - start)
    return 1000 * statistics.median(samples)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    rulebook = load_rulebook()
    print(f"median of {runs} runs, CPython {sys.version.split()[0]}")
    print(f"{'':<48} {'plan':>9} {'remedies':>9} {'rebuilt':>8} {'found':>6}")
    for path in EXAMPLES:
        dossier = read_dossier(path)
        plan = build_plan(dossier, rulebook)
        with patch.object(remedies, "build_plan", side_effect=build_plan) as rebuilt:
            solved = find_remedies(dossier, rulebook, plan)
        found = sum(len(cause.remedies) for cause in solved.causes)
        once = median_ms(lambda: build_plan(dossier, rulebook), runs)  # noqa: B023
        search = median_ms(lambda: find_remedies(dossier, rulebook, plan), runs)  # noqa: B023
        print(f"{path.stem[:48]:<48} {once:6.1f} ms {search:6.1f} ms {rebuilt.call_count:8} {found:6}")


if __name__ == "__main__":
    main()
