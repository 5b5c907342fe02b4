"""The eligibility lists of 2015-2018, from a table: list owner, code, public, regions, branches, validity.

No official export of these lists (COPANEF, COPAREF, CPNE) is published any more; what their entries said is known from
the extension « eligibilite-cpf » that training offers carried in the LHEO language, whose codes are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cpf_funding.errors import Origin
from cpf_funding.exchange.files import printable, refused
from cpf_funding.exchange.rows import Fields, Row, day_of, kind_of, label_of
from cpf_funding.exchange.tables import Cells, Table

__all__ = ["COLUMNS", "REQUIRED", "read_eligibility"]

REQUIRED = ("code", "public")
COLUMNS = (*REQUIRED, "owner", "label", "regions", "branches", "from", "until")
_PUBLICS = {
    "employee": "employee", "salarie": "employee", "salarié": "employee", "1": "employee",
    "job_seeker": "job_seeker", "de": "job_seeker", "2": "job_seeker",
    "all": "all", "toutpublic": "all", "3": "all",
}  # fmt: skip
"""As in a list file, or as training offers wrote them (LHEO: 1, 2, 3; catalogues: SALARIE, DE, TOUTPUBLIC)."""
_REGION = re.compile(r"[0-9]{2}")
_BRANCH = re.compile(r"([0-9]{2})\.?([0-9]{2}[A-Z])")


def read_eligibility(table: Table) -> Iterator[Row]:
    """The rows of one table. Raises `InputError` on an unknown or absent column, which would change what rows mean."""
    unknown = [column for column in table.header if column not in COLUMNS]
    missing = [column for column in REQUIRED if column not in table.header]
    twice = [column for column in COLUMNS if table.header.count(column) > 1]
    for columns, what in ((unknown, "inconnues"), (missing, "absentes"), (twice, "répétées")):
        if columns:
            named = ", ".join(f"« {printable(column)} »" for column in columns[:5])
            raise refused(table.name, f"colonnes {what} : {named}", f"les colonnes sont {', '.join(COLUMNS)}")
    return (_row(Origin(table.name, cells.line, 1), cells) for cells in table)


def _row(origin: Origin, row: Cells) -> Row:
    if row.flaw:
        return Row(origin, row.rank, "", flaws=(("ligne", row.flaw),))
    fields = Fields(origin, row.rank)
    cells = {column: row.cells.get(column, "") for column in COLUMNS}
    entry = {
        "label": fields.read("label", label_of, cells["label"]),
        "public": fields.read("public", _public, cells["public"]),
        "regions": fields.read("regions", _regions, cells["regions"]),
        "branches": fields.read("branches", _branches, cells["branches"]),
        "from": fields.read("from", day_of, cells["from"]),
        "until": fields.read("until", day_of, cells["until"]),
    }
    owner = fields.read("owner", label_of, cells["owner"]) or ""
    code = fields.read("code", _code, cells["code"]) or ""
    return fields.row(code, entry, owner=owner, end="until")


def _code(text: str) -> str:
    code = text.strip()
    if kind_of(code) is None:
        raise ValueError(f"« {printable(code)} » n'est pas un code CPF, RNCP ou RS")
    return code


def _public(text: str) -> str:
    public = _PUBLICS.get(text.strip().lower())
    if public is None:
        raise ValueError(f"« {printable(text)} » n'est pas employee, job_seeker ou all")
    return public


def _regions(text: str) -> tuple[str, ...]:
    codes = _words(text)
    for code in codes:
        if not _REGION.fullmatch(code):
            raise ValueError(f"« {printable(code)} » n'est pas un code de région à deux chiffres")
    return codes


def _branches(text: str) -> tuple[str, ...]:
    matches = {code: _BRANCH.fullmatch(code.upper()) for code in _words(text)}
    for code, match in matches.items():
        if match is None:
            raise ValueError(f"« {printable(code)} » n'est pas un code NAF comme 78.20Z")
    return tuple(f"{match[1]}.{match[2]}" for match in matches.values() if match)


def _words(text: str) -> tuple[str, ...]:
    """The codes of a cell, separated by spaces, commas or bars, each once."""
    return tuple(dict.fromkeys(re.split(r"[\s,|]+", text.strip()) if text.strip() else ()))
