"""Receipts: what made a plan, so that it can be made again, to the byte."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from cpf_funding._version import __version__
from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import Receipt
from cpf_funding.rulebook.book import Rulebook

__all__ = ["dossier_digest", "issue"]


def dossier_digest(dossier: Dossier) -> str:
    """SHA-256 of the dossier in canonical JSON: every field in the order of the model, `null` when absent.

    Names that the dossier gives (envelopes, delays, answers) are sorted when there are several.
    """
    text = dossier.model_dump_json(by_alias=True)
    if any(len(named) > 1 for named in (dossier.answers, dossier.local.envelopes, dossier.local.delays)):
        text = json.dumps(json.loads(text), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def issue(dossier: Dossier, rulebook: Rulebook, on: date, checked_before: date | None = None) -> Receipt:
    """The receipt of a plan."""
    return Receipt(__version__, rulebook.digest, dossier_digest(dossier), on, checked_before)
