"""How long a program waits before its first plan, each time in a fresh process.

Usage: python benchmarks/startup.py [RUNS]
Ratios to the import of pydantic alone travel between machines; milliseconds do not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

YARDSTICK = "import pydantic"
MEASURED = {
    YARDSTICK: ("", "from pydantic import BaseModel"),
    "import cpf_funding": ("", "import cpf_funding"),
    "load_rulebook()": ("from cpf_funding import load_rulebook", "load_rulebook()"),
    "import cpf_funding, load_rulebook()": ("", "from cpf_funding import load_rulebook; load_rulebook()"),
}
TIMER = "{prepare}\nfrom time import perf_counter as now\nstart = now()\n{measured}\nprint(now() - start)"


def seconds(prepare: str, measured: str) -> float:
    """Wall-clock time of `measured` in a fresh interpreter, after `prepare`, which is not counted."""
    program = TIMER.format(prepare=prepare, measured=measured)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    samples: dict[str, list[float]] = {name: [] for name in MEASURED}
    for _ in range(runs):  # interleaved, so that a busy moment of the machine weighs on every line
        for name, (prepare, measured) in MEASURED.items():
            samples[name].append(seconds(prepare, measured))
    medians = {name: statistics.median(values) for name, values in samples.items()}
    print(f"median of {runs} fresh processes, CPython {sys.version.split()[0]}")
    for name, median in medians.items():
        print(f"{name:<36} {median * 1000:8.1f} ms {median / medians[YARDSTICK]:8.2f} x")


if __name__ == "__main__":
    main()
