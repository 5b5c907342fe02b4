"""A kit for rule authors, and for tools that import the library.

Worked cases (`cases`), what they cover (`coverage`), and their collection by pytest (`pytest_plugin`); dossiers next to
every threshold of a rulebook (`dossiers_around`), the invariants of every plan (`invariants`), Hypothesis strategies
(`strategies`, with the extra `testing`), small rulebooks written in Python (`drafts`), and all of them run on someone's
own rules (`check_rulebook`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cpf_funding.testing.around import Nearby, dossiers_around
    from cpf_funding.testing.drafts import Draft
    from cpf_funding.testing.kit import ALL, KitReport, check_rulebook, plan_checked

__all__ = ["ALL", "Draft", "KitReport", "Nearby", "check_rulebook", "dossiers_around", "plan_checked"]

# Loaded when first used, as at the top of the package: a pytest plugin is loaded before coverage is measured.
_HOMES = {
    "ALL": "kit", "Draft": "drafts", "KitReport": "kit", "Nearby": "around", "check_rulebook": "kit",
    "dossiers_around": "around", "plan_checked": "kit",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
