"""The rules are found wherever the package stands, and their absence is said in French."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpf_funding.errors import CpfFundingError
from cpf_funding.rulebook import location


def _rules(directory: Path) -> Path:
    directory.mkdir(parents=True)
    (directory / "funders.yaml").touch()
    return directory


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for the package: `<checkout>/src/cpf_funding`."""
    package = tmp_path / "src" / "cpf_funding"
    monkeypatch.setattr(location, "_PACKAGE", package)
    return package


def test_this_checkout_has_rules() -> None:
    assert (location.packaged_rules() / "sources.yaml").is_file()


def test_an_installed_package_uses_its_own_rules_first(package: Path, tmp_path: Path) -> None:
    installed = _rules(package / "_rules")
    _rules(tmp_path / "rules")
    assert location.packaged_rules() == installed


def test_a_checkout_uses_the_rules_at_its_top(package: Path, tmp_path: Path) -> None:
    checkout = _rules(tmp_path / "rules")
    assert location.packaged_rules() == checkout


def test_a_package_without_rules_says_what_to_do(package: Path) -> None:
    with pytest.raises(CpfFundingError, match=r"introuvables.*réinstallez cpf-funding"):
        location.packaged_rules()
