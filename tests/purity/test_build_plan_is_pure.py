"""A plan is made of a dossier, of rules and of a day: no clock, environment, file, network or chance enters it."""

from __future__ import annotations

import locale
import os
import random
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from cpf_funding import Rulebook, build_plan, load_rulebook, replay
from cpf_funding.engine.remedies import find_remedies
from purity.watched import EXAMPLES, dossiers, watching, written

AUDITED = """
import sys
from cpf_funding import build_plan, load_rulebook, read_dossier
from cpf_funding.engine.remedies import find_remedies
rulebook = load_rulebook()
dossiers = [read_dossier(path) for path in sys.argv[1:]]
find_remedies(dossiers[0], rulebook, build_plan(dossiers[0], rulebook))  # what is imported late is imported now
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event))
for dossier in dossiers:
    plan = build_plan(dossier, rulebook)
find_remedies(dossiers[-1], rulebook, plan)
print(*sorted(set(seen)))
"""


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


@pytest.mark.parametrize("dossier", dossiers(), ids=[path.stem for path in EXAMPLES])
def test_a_plan_reads_only_its_arguments(dossier: object, rulebook: Rulebook) -> None:
    build_plan(dossier, rulebook)
    with watching() as found:
        plan = build_plan(dossier, rulebook)
        again = replay(plan.receipt, dossier, rulebook)
    assert found == set()
    assert again == plan


def test_remedies_read_only_their_arguments(rulebook: Rulebook) -> None:
    dossier = dossiers()[1]
    plan = build_plan(dossier, rulebook)
    find_remedies(dossier, rulebook, plan)
    with watching() as found:
        find_remedies(dossier, rulebook, plan)
    assert found == set()


@pytest.mark.parametrize(
    "impure",
    [
        date.today, datetime.now, time.time, time.monotonic, lambda: os.environ.get("HOME"), lambda: os.getenv("HOME"),
        os.getcwd, random.random, lambda: random.choice("ab"), lambda: open(__file__).close(),
        lambda: Path(__file__).exists(), lambda: os.urandom(1), locale.getlocale, lambda: os.stat("."),
        lambda: warnings.warn("x", UserWarning, stacklevel=1), lambda: print(end=""),
    ],
)  # fmt: skip
def test_the_watch_sees_what_is_not_pure(impure: Callable[[], object]) -> None:
    with watching() as found, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        impure()
    assert found


def test_python_itself_sees_no_file_no_network_no_process_no_import(tmp_path: Path) -> None:
    """The events that the interpreter reports (PEP 578): none while plans are built."""
    command = [sys.executable, "-c", AUDITED, *map(str, EXAMPLES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("", "", 0)


def test_no_plan_leaves_a_trace_in_the_rules(rulebook: Rulebook) -> None:
    """What a rulebook may remember of a plan never shows in the next one."""
    unmet = load_rulebook()
    for dossier in dossiers():
        build_plan(dossier, rulebook)
    assert [written(dossier, rulebook) for dossier in dossiers()] == [
        written(dossier, unmet) for dossier in reversed(dossiers())
    ][::-1]
