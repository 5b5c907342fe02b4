"""How long the rules take to load, as a multiple of what PyYAML alone takes to read the same files in the same run.

Usage: python benchmarks/loading.py [RUNS]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from time import perf_counter

import yaml

from cpf_funding import load_rulebook
from cpf_funding.rulebook.location import packaged_rules

TEXTS = {
    path: path.read_bytes()
    for path in sorted(packaged_rules().rglob("*.yaml"))
    if path.parent.name != "cases" and path.name != "check.yaml"
}


def pyyaml() -> None:
    for text in TEXTS.values():
        yaml.load(text, Loader=yaml.CSafeLoader)


MEASURED: dict[str, Callable[[], object]] = {"yaml.CSafeLoader": pyyaml, "load_rulebook()": load_rulebook}


def seconds(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    first = seconds(load_rulebook)  # builds pydantic's schemas, once in a process
    samples: dict[str, list[float]] = {name: [] for name in MEASURED}
    for _ in range(runs):  # interleaved, so that a busy moment of the machine weighs on both
        for name, action in MEASURED.items():
            samples[name].append(seconds(action))
    medians = {name: statistics.median(values) for name, values in samples.items()}
    yardstick = medians["yaml.CSafeLoader"]
    size = sum(map(len, TEXTS.values()))
    print(f"{len(TEXTS)} files, {size / 1000:.0f} kB; median of {runs} runs, CPython {sys.version.split()[0]}")
    for name, value in {**medians, "first load_rulebook() of a process": first}.items():
        print(f"{name:<36} {value * 1000:8.1f} ms {value / yardstick:8.2f} x")


if __name__ == "__main__":
    main()
