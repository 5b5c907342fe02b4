"""Read a YAML or JSON text into dictionaries, lists and `Text`, refusing all that could be read in two ways.

A text that is legal JSON is read as JSON, and a `.json` file must be; everything else is YAML. No value is
interpreted: `true`, `2017-03-01` and `12.50` stay texts, which the models type. A plain `null`, `~` or an empty
value is `None`. A UTF-8 byte order mark at the very start is accepted and dropped (Windows editors write one).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from cpf_funding.errors import InputError, LimitError, Origin, Problem
from cpf_funding.reading.places import AT, Text, shorten
from cpf_funding.reading.tokens import (
    END,
    IGNORED,
    SCALAR,
    SEQUENCE,
    Report,
    Token,
    is_json,
    json_problem,
    json_tokens,
    yaml_tokens,
)

__all__ = [
    "DOSSIER_MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "MAX_PROBLEMS", "MAX_SCALAR", "RULES_MAX_BYTES",
    "Text", "load_bytes", "read_file", "read_text", "scan",
]  # fmt: skip

DOSSIER_MAX_BYTES = 1_000_000
RULES_MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_SCALAR = 20_000
MAX_NODES = 500_000
MAX_PROBLEMS = 200
"""Past this number of mistakes, reading stops and the list says so."""

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def read_text(text: str | bytes, name: str, *, max_bytes: int = RULES_MAX_BYTES) -> Any:
    """The data written in a text; `name` is the file named in messages.

    Raises `InputError` with every mistake of the text, `LimitError` when it is beyond a limit.
    """
    data, problems = scan(text, name, max_bytes=max_bytes)
    if problems:
        raise InputError(problems)
    return data


def read_file(path: str | os.PathLike[str], *, max_bytes: int = RULES_MAX_BYTES) -> Any:
    """The data written in a file; raises as `read_text` does, and `InputError` when it cannot be read."""
    return read_text(load_bytes(path, max_bytes), os.fspath(path), max_bytes=max_bytes)


def scan(text: str | bytes, name: str, *, max_bytes: int = RULES_MAX_BYTES) -> tuple[Any, list[Problem]]:
    """The data and the mistakes found, so that a caller can look for other mistakes in what could be read.

    Raises `InputError` when nothing sure could be read: wrong encoding, syntax error, empty file; `LimitError`
    beyond a limit.
    """
    problems: list[Problem] = []
    source = _decode(text, name, max_bytes)
    builder = _Builder(name, problems)
    try:
        source = _without_invisible(source, name, builder.report)
        builder.build(_tokens(source, name, builder.report))
    except LimitError:
        raise
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if builder.root is None:
        raise InputError([*problems, Problem("le fichier est vide", "écrivez au moins une clé", Origin(name, 1, 1))])
    return builder.root, problems


def _tokens(source: str, name: str, report: Report) -> Iterable[Token]:
    try:
        if is_json(source):
            return json_tokens(source)
    except RecursionError:
        raise _too_deep(Origin(name, 1, 1)) from None
    if name.lower().endswith(".json") and source.strip():
        raise InputError([json_problem(source, name)])
    return yaml_tokens(source, name, report)


# From a file to clean characters ---------------------------------------------------------------


def load_bytes(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """The bytes of a file, at most one more than the limit."""
    try:
        with open(path, "rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError:
        message, advice = "le fichier n'existe pas", "vérifiez le chemin et l'extension"
    except IsADirectoryError:
        message, advice = "c'est un dossier (répertoire), pas un fichier", "donnez le chemin d'un fichier"
    except PermissionError:
        message, advice = "la lecture du fichier n'est pas permise", "demandez le droit de lire ce fichier"
    except (OSError, ValueError):
        message, advice = "le fichier ne peut pas être lu", "vérifiez le chemin, et que le disque est accessible"
    raise InputError([Problem(f"{os.fspath(path)} : {message}", advice)])


def _decode(text: str | bytes, name: str, max_bytes: int) -> str:
    if len(text) > max_bytes:
        message = f"le fichier dépasse {max_bytes // 1000} ko"
        raise LimitError([Problem(message, "répartissez les données dans plusieurs fichiers", Origin(name, 1, 1))])
    source = _from_utf8(text, name) if isinstance(text, bytes) else text
    return _newlines(source.removeprefix("\ufeff"))


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_utf8(text: bytes, name: str) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = _newlines(text[: error.start].decode("utf-8")).split("\n")
        origin = Origin(name, len(lines), len(lines[-1]) + 1)
        advice = "enregistrez le fichier en « UTF-8 » dans votre éditeur"
        raise InputError([Problem("le fichier n'est pas écrit en UTF-8", advice, origin)]) from None


def _without_invisible(text: str, name: str, report: Report) -> str:
    """Report invisible characters, and put spaces in their place so that the rest can still be read."""
    for match in _INVISIBLE.finditer(text):
        place = match.start()
        origin = Origin(name, text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place))
        message = f"un caractère invisible (U+{ord(match[0]):04X}) n'est pas permis"
        report(Problem(message, "supprimez-le, puis retapez la ligne si besoin", origin))
    return _INVISIBLE.sub(" ", text)


# From tokens to data ---------------------------------------------------------------------------

_KEY_NEXT = Text("")
_NO_KEY = Text("")
"""What a mapping under construction waits for: a key, or the value of a key that was refused."""


def _too_deep(origin: Origin) -> LimitError:
    message = f"les données sont emboîtées sur plus de {MAX_DEPTH} niveaux"
    return LimitError([Problem(message, "simplifiez la structure", origin)])


class _Builder:
    """Builds nested data from tokens without recursion: a stack of open mappings and lists."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.root: Any = None
        self._open: list[tuple[Any, Text]] = []
        self._here: Any = None  # the innermost open mapping or list
        self._key = _KEY_NEXT  # for a mapping: the key whose value comes next

    def report(self, problem: Problem) -> None:
        """Keep a mistake; past `MAX_PROBLEMS` reading stops."""
        if len(self.problems) >= MAX_PROBLEMS:
            message = f"plus de {MAX_PROBLEMS} erreurs : les suivantes ne sont pas montrées"
            raise InputError([Problem(message, "corrigez celles-ci d'abord", problem.origin)])
        self.problems.append(problem)

    def build(self, tokens: Iterable[Token]) -> None:
        """Consume the tokens of one document."""
        for count, (kind, value, plain, line, column) in enumerate(tokens):
            if count >= MAX_NODES:
                message = f"le fichier contient plus de {MAX_NODES} éléments"
                advice = "répartissez les données dans plusieurs fichiers"
                raise LimitError([Problem(message, advice, Origin(self.name, line, column))])
            awaits_key = self._key is _KEY_NEXT and type(self._here) is dict
            if kind == SCALAR:
                text = Text(value, self.name, line, column, plain)
                self._check(text)
                if awaits_key:
                    self._key = self._accept_key(text)
                else:
                    self._attach(None if plain and value in _NULLS else text)
            elif kind == END:
                self._here, self._key = self._open.pop()
            elif kind == IGNORED:
                if awaits_key:
                    self._key = _NO_KEY
                else:
                    self._attach(Text(value, self.name, line, column))
            else:
                self._enter(kind, awaits_key, Origin(self.name, line, column))

    def _enter(self, kind: int, awaits_key: bool, origin: Origin) -> None:
        node: Any = [] if kind == SEQUENCE else {AT: origin}
        if awaits_key:
            advice = "écrivez une clé simple ; un texte entre accolades se met entre guillemets"
            self.report(Problem("une liste ou un ensemble ne peut pas servir de clé", advice, origin))
            self._key = _NO_KEY
        else:
            self._attach(node)
        if len(self._open) >= MAX_DEPTH:
            raise _too_deep(origin)
        self._open.append((self._here, self._key))
        self._here, self._key = node, _KEY_NEXT

    def _attach(self, node: Any) -> None:
        here = self._here
        if type(here) is dict:
            if self._key is not _NO_KEY:
                here[self._key] = node
            self._key = _KEY_NEXT
        elif here is None:
            self.root = node
        else:
            here.append(node)

    def _accept_key(self, key: Text) -> Text:
        if key in self._here and key != AT:
            first = next(known for known in self._here if known == key)
            message = f"la clé « {shorten(key)} » est déjà écrite ligne {first.line}"
            self.report(Problem(message, "gardez une seule des deux", key.origin))
        elif key == AT:
            self.report(Problem(f"la clé « {AT} » est réservée au lecteur", "supprimez-la", key.origin))
        elif key.unquoted and key == "<<":
            self.report(Problem("la fusion « << » n'est pas permise", "recopiez les clés voulues ici", key.origin))
        elif key.unquoted and key in _NULLS:
            self.report(Problem("une clé est vide", "écrivez un nom avant les deux-points", key.origin))
        else:
            return key
        return _NO_KEY

    def _check(self, text: Text) -> None:
        if len(text) > MAX_SCALAR:
            message = f"un texte dépasse {MAX_SCALAR} caractères"
            raise LimitError([Problem(message, "raccourcissez ce texte", text.origin)])
        # Only a quoted scalar can still hold an invisible character: by an escape such as \u0000.
        if not text.unquoted and not text.isprintable() and (found := _INVISIBLE.search(text)):
            message = f"un caractère invisible (U+{ord(found[0]):04X}) n'est pas permis"
            self.report(Problem(message, "supprimez le code « \\ » qui l'écrit", text.origin))
