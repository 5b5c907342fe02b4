"""The public names are loaded when they are first used; one that needs an extra says which."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cpf_funding


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'build_plans'"):
        _ = cpf_funding.build_plans


@pytest.mark.parametrize("library", ["polars", "narwhals"])
def test_plans_of_a_table_need_an_extra(library: str) -> None:
    program = f"import sys; sys.modules[{library!r}] = None\nfrom cpf_funding import build_plan, plan_frame"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    expected = (
        "ImportError: plan_frame a besoin de l'extra « frames » → installez-le : pip install 'cpf-funding[frames]'"
    )
    assert done.stderr.splitlines()[-1] == expected


def test_another_library_that_is_missing_is_not_hidden() -> None:
    program = "import sys; sys.modules['pydantic'] = None\nfrom cpf_funding import Dossier"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("ModuleNotFoundError: import of pydantic")
