"""The bytes of a plan do not depend on the order of sets, on the place, on the language, nor on other threads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from cpf_funding import Rulebook, build_plan, load_rulebook
from cpf_funding.engine.remedies import find_remedies
from purity.watched import EXAMPLES, ROOT, document, dossiers, written

pytestmark = pytest.mark.slow

THREADS = 8
WORK = """
import hashlib, sys
from purity.watched import dossiers, document, written
from cpf_funding import build_plan, load_rulebook
from cpf_funding.engine.remedies import find_remedies
rulebook = load_rulebook()
all = dossiers()
remedied = [find_remedies(dossier, rulebook, build_plan(dossier, rulebook)) for dossier in all[1:3]]
parts = [rulebook.digest.encode(), *(written(dossier, rulebook) for dossier in all),
         *(document(plan, rulebook) for plan in remedied)]
print(*(hashlib.sha256(part).hexdigest() for part in parts))
"""


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Threads take turns a thousand times more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def test_the_order_of_sets_and_the_place_change_nothing(tmp_path: Path, rulebook: Rulebook) -> None:
    """Other hash seeds, time zone, language and working folder; remedies too."""
    places: list[dict[str, str]] = [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "4294967295", "TZ": "America/Adak", "LC_ALL": "fr_FR.UTF-8", "PYTHONOPTIMIZE": "2"},
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORK], stdout=subprocess.PIPE, text=True, cwd=tmp_path,
            env=kept | place | {"PYTHONPATH": str(ROOT / "tests")},
        )
        for place in places
    ]  # fmt: skip
    told = [process.communicate()[0].split() for process in running]
    here = [rulebook.digest.encode(), *(written(dossier, rulebook) for dossier in dossiers())]
    assert told[0][: len(here)] == [hashlib.sha256(part).hexdigest() for part in here]
    assert told[1:] == [told[0]] * (len(places) - 1)


@pytest.mark.usefixtures("eager_switches")
def test_threads_that_share_a_rulebook_get_the_bytes_of_one(rulebook: Rulebook) -> None:
    """Each thread starts at another dossier, so that no two do the same thing at the same time."""
    inputs = dossiers()
    alone = [written(dossier, rulebook) for dossier in inputs]
    shared = load_rulebook()  # met by no dossier: whatever it would remember is first made by these threads
    together = Barrier(THREADS)

    def work(first: int) -> list[bytes]:
        together.wait()
        found = [written(inputs[(first + turn) % len(inputs)], shared) for turn in range(len(inputs))]
        return [found[(place - first) % len(inputs)] for place in range(len(inputs))]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(work, range(THREADS))) == [alone] * THREADS


@pytest.mark.usefixtures("eager_switches")
def test_threads_that_look_for_remedies_do_not_meet(rulebook: Rulebook) -> None:
    inputs = dossiers()[1:3]

    def work(place: int) -> bytes:
        dossier = inputs[place % len(inputs)]
        return document(find_remedies(dossier, rulebook, build_plan(dossier, rulebook)), rulebook)

    alone = [work(place) for place in range(len(inputs))]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == alone * 2


def test_there_are_several_dossiers() -> None:
    assert len(EXAMPLES) >= 8
