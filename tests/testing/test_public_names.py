"""What `cpf_funding.testing` offers, and that it is loaded only when asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cpf_funding import testing

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "testing.md"


def test_every_public_name_exists_and_is_documented() -> None:
    assert dir(testing) == sorted(testing.__all__)
    text = REFERENCE.read_text(encoding="utf-8")
    for name in testing.__all__:
        assert getattr(testing, name) is not None
        assert name in text


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = testing.nothing


def test_neither_the_kit_nor_hypothesis_is_needed_to_import_it() -> None:
    """An application that reads cases needs no test tool, and a plugin is loaded before coverage is measured."""
    code = (
        "import sys, cpf_funding.testing; loaded = set(sys.modules);"
        "from cpf_funding.testing import check_rulebook, dossiers_around;"
        "print('hypothesis' in sys.modules, 'cpf_funding.testing.kit' in loaded)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_without_hypothesis_the_message_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from cpf_funding.testing import check_rulebook\n"
        "print(check_rulebook(sys.argv[1], around=5, generated=0).sound)\n"
        "try: check_rulebook(sys.argv[1], around=0)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    rules = REFERENCE.parents[1] / "examples" / "renovation"
    done = subprocess.run([sys.executable, "-c", code, str(rules)], capture_output=True, text=True, check=True)
    sound, message = done.stdout.splitlines()
    assert sound == "True"
    assert message.startswith("CpfFundingError Hypothesis manque")
    assert "cpf-funding[testing]" in message
