"""The registers of certifications that France compétences publishes (RNCP and RS), row by row.

Two forms are read: the XML flow 4.1 and the table « Standard » of the CSV export. What decides is the dates: a
certification counts from its date of effect (else of decision) to the end of its registration. The flag « actif »,
which only tells the day of the export, is not read. Data under Licence Ouverte 2.0 (data.gouv.fr, dataset
5eebbc067a14b6fecc9c9976).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from cpf_funding.errors import CpfFundingError, Origin
from cpf_funding.exchange.files import Document, printable, refused
from cpf_funding.exchange.rows import Fields, Row, day_of, kind_of, label_of
from cpf_funding.exchange.tables import Table

__all__ = ["COLUMNS", "REGISTERS_ORIGIN", "REGISTERS_SOURCE", "read_flow", "read_standard"]

REGISTERS_SOURCE = "france-competences"
"""The source of these registers in `rules/sources.yaml`."""
REGISTERS_ORIGIN = (
    "Données de France compétences, Licence Ouverte 2.0, data.gouv.fr, jeu de données 5eebbc067a14b6fecc9c9976"
)

COLUMNS = ("Numero_Fiche", "Intitule", "Date_Effet", "Date_Decision", "Date_Fin_Enregistrement")
"""The columns of the table that are read; the others are passed over."""
_TAGS = tuple(column.upper() for column in COLUMNS)
_CHUNK = 1 << 16
_ORIGINAL = "donnez un export XML du RNCP ou du RS, tel qu'il est publié"


def read_standard(table: Table) -> Iterator[Row]:
    """The rows of one table « Standard ». Raises `InputError` when it cannot be cut into rows."""
    for line, rank, cells, flaw in table:
        origin = Origin(table.name, line, 1)
        if flaw:
            yield Row(origin, rank, "", flaws=(("ligne", flaw),))
        else:
            yield _row(origin, rank, cells, COLUMNS)


def read_flow(document: Document) -> Iterator[Row]:
    """The rows of one XML flow, streamed: the full export does not need the memory of a tree.

    A document type declaration is refused, so no entity is ever expanded. Raises `InputError`, and `CpfFundingError`
    without the extra `xml`.
    """
    xml = _defusedxml()
    records = _Records(document.name)
    # Given here, the encoding of the declaration is not looked up: it could name any codec.
    parser = xml.DefusedXMLParser(target=records, encoding="utf-8", forbid_dtd=True)
    records.expat = parser.parser
    try:
        while chunk := document.stream.read(_CHUNK):
            parser.feed(chunk)
            if records.rows:
                document.stream.done()
                yield from records.taken()
        parser.close()
    except xml.DTDForbidden:
        raise refused(document.name, "le fichier déclare un type de document (DOCTYPE)", _ORIGINAL) from None
    except ParseError as error:
        what = "le fichier n'est pas un XML bien formé en UTF-8, ou il est tronqué"
        raise refused(document.name, what, _ORIGINAL, error.position[0]) from None


def _defusedxml() -> Any:
    """The parser that forbids what XML should not do, without which no XML is read."""
    try:
        import defusedxml.ElementTree
    except ModuleNotFoundError:
        raise CpfFundingError(
            "la lecture d'un export XML a besoin de l'extra « xml » → installez-le : pip install 'cpf-funding[xml]', "
            "ou donnez l'export CSV"
        ) from None
    return defusedxml.ElementTree


class _Records:
    """Target of the XML parser: keeps the wanted children of each `FICHE`, nothing else."""

    def __init__(self, name: str) -> None:
        self.rows: list[Row] = []
        self.expat: Any = None
        self._name = name
        self._rank = 0
        self._line = 1
        self._depth = 0
        self._fields: dict[str, str] = {}
        self._text: list[str] | None = None

    def taken(self) -> list[Row]:
        """The rows read since the last call."""
        rows, self.rows = self.rows, []
        return rows

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        self._depth += 1
        if self._depth == 1 and tag != "FICHES":
            raise refused(self._name, f"la racine est « {printable(tag)} » au lieu de « FICHES »", _ORIGINAL)
        if self._depth == 2:
            self._fields = {}
            self._line = self.expat.CurrentLineNumber
        elif self._depth == 3 and tag in _TAGS:
            self._text = []

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element closes."""
        if self._depth == 3 and self._text is not None:
            self._fields[tag] = "".join(self._text)
            self._text = None
        elif self._depth == 2 and tag == "FICHE":
            self._rank += 1
            self.rows.append(_row(Origin(self._name, self._line, 1), self._rank, self._fields, _TAGS))
        self._depth -= 1

    def close(self) -> None:
        """Called by the parser at the end of the document; nothing is left to do."""


def _row(origin: Origin, rank: int, texts: Mapping[str, str], names: tuple[str, ...]) -> Row:
    number, title, effect, decision, end = names
    fields = Fields(origin, rank)
    code = fields.read(number, _number, texts.get(number, "")) or ""
    entry = {
        "label": fields.read(title, label_of, texts.get(title, "")),
        "from": fields.read(effect, day_of, texts.get(effect, "")),
        "until": fields.read(end, day_of, texts.get(end, "")),
    }
    entry["from"] = entry["from"] or fields.read(decision, day_of, texts.get(decision, ""))
    return fields.row(code, entry, end=end)


def _number(text: str) -> str:
    code = text.strip()
    if kind_of(code) not in ("rncp", "rs"):
        raise ValueError(f"« {printable(code)} » n'est pas un numéro du RNCP ou du RS")
    return code
