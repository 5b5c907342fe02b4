"""What the tests of `cpf-funding table` share: dossiers, and the rows of a file that the command wrote."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cpf_funding.dossier import Dossier
from cpf_funding.reading.dossiers import read_dossier

ON = ("--on", "2017-03-01")
COST = "training.costs.teaching"
HEADER = f"id;holder.status;holder.birth_date;project.validated;training.start;training.end;cpf.hours;{COST}\n"
GOOD = "a;job_seeker;04/05/1978;oui;05/06/2017;23/02/2018;120;5 400,00\n"


def dossiers(path: str) -> list[Dossier]:
    """The small dossier, and some neighbours of it."""
    data = read_dossier(path).model_dump(by_alias=True, exclude_none=True, exclude={"id"})
    changes: Sequence[dict[str, Any]] = (
        {}, {"cpf": {"hours": "0"}}, {"training": {"costs": {"teaching": "900.50"}}}, {"project": {"validated": None}},
        {"means": {"holder_can_pay": "250.00"}}, {"holder": {"disability": "boe", "birth_date": "1960-01-01"}},
    )  # fmt: skip
    return [
        Dossier.model_validate({"id": f"d{number}", **_merged(data, change)}) for number, change in enumerate(changes)
    ]


def _merged(data: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    found = dict(data)
    for key, value in change.items():
        found[key] = _merged(found.get(key, {}), value) if isinstance(value, dict) else value
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
