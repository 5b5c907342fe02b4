"""Who can pay for a person's training in France, and why a plan fails.

>>> from cpf_funding import build_plan, load_rulebook, read_dossier
>>> plan = build_plan(read_dossier("dossier.yaml"), load_rulebook())  # doctest: +SKIP

The public names are loaded when they are first used, so that a program which only mentions the library starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cpf_funding._version import __version__

if TYPE_CHECKING:
    from cpf_funding.dossier import Dossier
    from cpf_funding.engine.build import build_plan, replay
    from cpf_funding.engine.plan import FundingPlan, Receipt
    from cpf_funding.errors import CpfFundingError, InputError, LimitError, Origin, Problem
    from cpf_funding.frames.engines import plan_frame
    from cpf_funding.reading.dossiers import read_dossier
    from cpf_funding.rulebook.book import Rulebook
    from cpf_funding.rulebook.load import load_rulebook

__all__ = [
    "CpfFundingError", "Dossier", "FundingPlan", "InputError", "LimitError", "Origin", "Problem", "Receipt",
    "Rulebook", "__version__", "build_plan", "load_rulebook", "plan_frame", "read_dossier", "replay",
]  # fmt: skip

_HOMES = {
    "dossier": ["Dossier"],
    "engine.build": ["build_plan", "replay"],
    "engine.plan": ["FundingPlan", "Receipt"],
    "errors": ["CpfFundingError", "InputError", "LimitError", "Origin", "Problem"],
    "frames.engines": ["plan_frame"],
    "reading.dossiers": ["read_dossier"],
    "rulebook.book": ["Rulebook"],
    "rulebook.load": ["load_rulebook"],
}
_HOME_OF = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    except ModuleNotFoundError as error:
        if error.name not in ("narwhals", "polars"):
            raise
        advice = "l'extra « frames » → installez-le : pip install 'cpf-funding[frames]'"
        raise ImportError(f"{name} a besoin de {advice}") from None
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
