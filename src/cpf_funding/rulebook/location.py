"""Where the rules that come with the package are, on this machine."""

from __future__ import annotations

from pathlib import Path

from cpf_funding.errors import CpfFundingError

__all__ = ["packaged_rules"]

_PACKAGE = Path(__file__).resolve().parent.parent


def packaged_rules() -> Path:
    """The directory of the rules of this version: inside an installed package, else at the top of a checkout.

    Raises `CpfFundingError` when the package was installed without its rules.
    """
    installed, checkout = _PACKAGE / "_rules", _PACKAGE.parent.parent / "rules"
    for directory in (installed, checkout):
        if (directory / "funders.yaml").is_file():
            return directory
    raise CpfFundingError(
        f"les règles livrées avec cpf-funding sont introuvables (ni {installed}, ni {checkout}) → "
        "réinstallez cpf-funding, ou indiquez le dossier de vos règles avec --rules"
    )
