"""What goes to another process, or is copied, comes back the same."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpf_funding import Dossier, InputError, Rulebook, build_plan, load_rulebook, read_dossier
from cpf_funding.engine.remedies import find_remedies
from purity.watched import EXAMPLES, ROOT, document, dossiers, written

pytestmark = pytest.mark.slow

OVERLAY = ROOT / "docs" / "examples" / "overlays" / "agence-limoges.yaml"


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


COPIES = pytest.mark.parametrize("made", [pickled, copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"])


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


@COPIES
def test_a_copied_rulebook_gives_the_same_bytes(made: Callable[[Any], Any], rulebook: Rulebook) -> None:
    other = made(rulebook)
    assert (other.digest, other.files, list(other.levers)) == (
        rulebook.digest, rulebook.files, list(rulebook.levers),
    )  # fmt: skip
    for dossier in dossiers():
        assert written(dossier, rulebook) == written(dossier, other)


def test_a_copied_rulebook_keeps_its_overlays_and_its_history() -> None:
    local = load_rulebook(OVERLAY).with_history({"ft.aif": (3, 5, 8), "cpf": (1,)})
    other = pickled(local)
    assert (other.digest, other.local) == (local.digest, local.local)
    for dossier in dossiers():
        assert written(dossier, local) == written(dossier, other)
    assert written(dossiers()[0], other) != written(dossiers()[0], load_rulebook())


def test_a_copy_of_a_copy_and_remedies(rulebook: Rulebook) -> None:
    other = pickled(pickled(rulebook))
    dossier = dossiers()[1]
    plans = [find_remedies(dossier, book, build_plan(dossier, book)) for book in (rulebook, other)]
    assert plans[0] == plans[1]
    assert document(plans[0], rulebook) == document(plans[1], other)


@COPIES
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_copied_dossier_is_the_same(made: Callable[[Any], Any], path: Path) -> None:
    dossier = read_dossier(path)
    other = made(dossier)
    assert other == dossier
    assert other.at == dossier.at


@COPIES
def test_a_copied_plan_is_the_same(made: Callable[[Any], Any], rulebook: Rulebook) -> None:
    for dossier in dossiers():
        plan = build_plan(dossier, rulebook)
        other = made(plan)
        assert other == plan
        assert document(other, rulebook) == document(plan, rulebook)


def test_a_pickle_is_read_in_another_process(tmp_path: Path, rulebook: Rulebook) -> None:
    """Nothing of it depends on the process that wrote it: an address, a module loaded late, an order of sets."""
    dossier = dossiers()[0]
    (tmp_path / "both").write_bytes(pickle.dumps((dossier, rulebook)))
    code = (
        "import pickle, sys; dossier, rulebook = pickle.load(open('both', 'rb'));"
        "from purity.watched import written; sys.stdout.buffer.write(written(dossier, rulebook))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "tests"), "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert done.stderr.decode() == ""
    assert done.stdout == written(dossier, rulebook)


@COPIES
def test_a_copied_error_says_the_same(made: Callable[[Any], Any], rulebook: Rulebook) -> None:
    with pytest.raises(InputError) as caught:
        build_plan(Dossier(as_of=date(1789, 7, 14)), rulebook)
    other = made(caught.value)
    assert type(other) is InputError
    assert (other.problems, str(other)) == (caught.value.problems, str(caught.value))
