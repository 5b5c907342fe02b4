"""Plans per second: the packaged rules with everything shown, and six aids against zen-engine on the same dossiers.

Usage: python benchmarks/plans.py [SECONDS]
Ratios measured in one run travel between machines; plans per second do not. zen-engine is an option of this benchmark
alone: `pip install zen-engine`. Without it, its lines are left out.
"""

from __future__ import annotations

import importlib
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import cycle, product
from pathlib import Path
from time import perf_counter
from typing import Any

from cpf_funding import Dossier, Rulebook, build_plan, load_rulebook
from cpf_funding.money import hundredths

SIX = Path(__file__).parent / "six_aids"
DAYS = [date(2015, 6, 1), date(2017, 3, 1), date(2018, 10, 1), date(2021, 9, 1), date(2024, 6, 1), date(2026, 4, 2)]
YARDSTICK = "10 000 additions"


def yardstick() -> int:
    """A loop that every interpreter runs: the speed of this machine at this moment."""
    total = 0
    for number in range(10_000):
        total += number
    return total


def full_dossiers() -> list[Dossier]:
    """Job seekers, employees and public agents, in two regions, at dates that see each age of the rules.

    Each one twelve times, with other hours, length and cost: what the engine keeps from one dossier to the next serves
    as it would in an agency, not as on one dossier built again and again.
    """
    return [
        _dossier(day, status, region, 10_00 * turn, 40 + 31 * turn, 1_900 + 457 * turn)
        for turn, day, status, region in product(
            range(12), DAYS, ("job_seeker", "employee", "public_agent"), ("75", "53")
        )
    ]


def six_dossiers() -> list[Dossier]:
    """Every public, region, length, price and stock of hours that the six aids tell apart."""
    return [
        _dossier(DAYS[1], status, region, hours, length, cost, disability)
        for status, region, hours, length, cost, disability in product(
            ("job_seeker", "public_agent"), ("11", "75"), (0, 40_00, 150_00), (200, 500), (800, 9_000), ("boe", "none")
        )
    ]


def _dossier(
    day: date, status: str, region: str, hours: int, length: int, cost: int, disability: str = "boe"
) -> Dossier:
    start = day + timedelta(days=90)
    return Dossier.model_validate({
        "id": "bench", "as_of": day,
        "holder": {"status": status, "registered": True, "disability": disability, "birth_date": "1978-05-04",
                   "region": region, "qualification": 3},
        "cpf": {"account_open": True, "hours": hours / 100, "dif_hours": 40, "balance": 1500,
                "consent": {"given": True}},
        "training": {
            "kind": "certifying", "cpf_eligible": True, "modality": "in_person", "provider": {"qualiopi": True},
            "region": region, "start": start, "end": start + timedelta(days=length), "weekly_hours": 35,
            "hours": {"total": 900, "centre": 760}, "costs": {"teaching": cost},
        },
        "project": {"validated": True, "prospect": "hiring_promise"},
        "local": {"envelopes": {"ft.aif": {"state": "open"}}},
    })  # fmt: skip


def graph_runner(dossiers: Iterable[Dossier], rulebook: Rulebook) -> Callable[[], Any] | None:
    """What evaluates the next dossier by zen-engine, after checking that both engines pay the same cents."""
    try:
        zen = importlib.import_module("zen")
    except ImportError:
        return None
    sys.path.insert(0, str(SIX))
    graph = importlib.import_module("graph")
    decision = zen.ZenEngine().create_decision(graph.GRAPH)
    contexts = []
    for dossier in dossiers:
        context = graph.context_of(dossier)
        theirs = _paid(decision.evaluate(context)["result"], graph.NAMES, graph.AIDS)
        ours = {c.aid: c.amount for c in build_plan(dossier, rulebook).contributions}
        if ours != theirs:
            raise SystemExit(f"the two engines differ on {context}: {ours} and {theirs}")
        contexts.append(context)
    turn = cycle(contexts)
    return lambda: decision.evaluate(next(turn))


def _paid(result: Mapping[str, Any], names: tuple[str, ...], aids: tuple[str, ...]) -> dict[str, int]:
    amounts = {aid: hundredths(str(round(result[name], 2))) for name, aid in zip(names, aids, strict=True)}
    return {aid: cents for aid, cents in amounts.items() if cents > 0}


def runner(dossiers: Iterable[Dossier], rulebook: Rulebook) -> Callable[[], Any]:
    """What builds the plan of the next dossier."""
    turn = cycle(dossiers)
    return lambda: build_plan(next(turn), rulebook)


def measure(runners: Mapping[str, Callable[[], Any]], seconds: float) -> dict[str, list[float]]:
    """Time every runner in turn, so that a busy moment of the machine weighs on all; in seconds."""
    samples: dict[str, list[float]] = {name: [] for name in runners}
    for run in runners.values():
        run()
    end = perf_counter() + seconds
    while perf_counter() < end:
        for name, run in runners.items():
            start = perf_counter()
            run()
            samples[name].append(perf_counter() - start)
    return samples


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    packaged, six = load_rulebook(), load_rulebook(rules=SIX / "rules")
    runners = {
        YARDSTICK: yardstick,
        f"full plan, {len(packaged.aids)} aids": runner(full_dossiers(), packaged),
        "six aids, full plan": runner(six_dossiers(), six),
    }
    graph = graph_runner(six_dossiers(), six)
    if graph is not None:
        runners["six aids, zen-engine"] = graph
    samples = measure(runners, seconds)
    medians = {name: statistics.median(values) for name, values in samples.items()}
    print(f"{len(samples[YARDSTICK])} rounds in one run, CPython {sys.version.split()[0]}")
    print(f"{'':<28} {'median':>10} {'p95':>10} {'per second':>12}  ratio to {YARDSTICK}")
    for name, values in samples.items():
        p95 = statistics.quantiles(values, n=20)[-1]
        ratio = medians[name] / medians[YARDSTICK]
        print(f"{name:<28} {medians[name] * 1e6:>7.0f} us {p95 * 1e6:>7.0f} us {1 / medians[name]:>12.0f}  {ratio:.2f}")
    if graph is not None:
        ratio = medians["six aids, full plan"] / medians["six aids, zen-engine"]
        print(f"six aids, full plan / zen-engine: {ratio:.2f}")


if __name__ == "__main__":
    main()
