"""Receipts: what made a plan, so that it can be made again, to the byte."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from cpf_funding._version import __version__
from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import Receipt
from cpf_funding.rulebook.book import Rulebook

__all__ = ["dossier_digest", "issue"]


def dossier_digest(dossier: Dossier) -> str:
    """SHA-256 of the dossier in canonical JSON: sorted keys, without what is absent or an empty part."""
    data = _told(dossier.model_dump(mode="json", by_alias=True, exclude_none=True))
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _told(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: told for key, item in value.items() if (told := _told(item)) not in ({}, [])}


def issue(dossier: Dossier, rulebook: Rulebook, on: date, checked_before: date | None = None) -> Receipt:
    """The receipt of a plan."""
    return Receipt(__version__, rulebook.digest, dossier_digest(dossier), on, checked_before)
