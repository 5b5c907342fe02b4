"""Who can pay for a person's training in France, and why a plan fails.

>>> from cpf_funding import build_plan, load_rulebook, read_dossier
>>> plan = build_plan(read_dossier("dossier.yaml"), load_rulebook())  # doctest: +SKIP
"""

from __future__ import annotations

from cpf_funding._version import __version__
from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.errors import CpfFundingError, InputError, LimitError, Origin, Problem
from cpf_funding.reading.dossiers import read_dossier
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook

__all__ = [
    "CpfFundingError", "Dossier", "FundingPlan", "InputError", "LimitError", "Origin", "Problem", "Rulebook",
    "__version__", "build_plan", "load_rulebook", "read_dossier",
]  # fmt: skip
