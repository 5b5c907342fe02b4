"""From a YAML or JSON text to one flat stream of tokens, which `strict` builds the data from.

YAML comes from the events of PyYAML (libyaml when present), before any interpretation, so that anchors, aliases
and tags are seen and refused, and nothing is nested by recursion. A text that is legal JSON is cut here instead:
YAML refuses or alters some of it (surrogate pairs such as "\\ud83d\\ude00", keys beyond 1024 characters).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from cpf_funding.errors import InputError, Origin, Problem

__all__ = ["END", "IGNORED", "MAPPING", "SCALAR", "SEQUENCE", "Report", "Token", "is_json", "json_problem",
           "json_tokens", "yaml_tokens"]  # fmt: skip

SCALAR, MAPPING, SEQUENCE, END, IGNORED = range(5)
"""Kinds of token; IGNORED stands where something was refused, so that what follows keeps its place."""

Token = tuple[int, str, bool, int, int]
"""Kind, text, whether it was written without quotes, line, column (from 1)."""

Report = Callable[[Problem], None]


# JSON ------------------------------------------------------------------------------------------

_JSON = re.compile(r'\n|"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s{}\[\],:"]+')
_JSON_MISTAKES = {
    "Expecting property name": ("une clé entre guillemets est attendue", 'écrivez "clé": valeur, sans virgule en trop'),
    "Expecting ',' delimiter": ("il manque une virgule ou un signe fermant", "séparez les éléments par une virgule"),
    "Expecting ':' delimiter": ("il manque « : » après la clé", 'écrivez "clé": valeur'),
    "Expecting value": ("une valeur est attendue", 'écrivez un texte entre guillemets, un nombre, true, false ou null'),
    "Illegal trailing comma": ("une virgule est en trop", "supprimez la virgule qui précède le signe fermant"),
    "Unterminated string": ("un texte n'est pas fermé", "fermez le guillemet sur la même ligne"),
    "Invalid control character": ("un texte n'est pas fermé sur sa ligne", "écrivez un retour à la ligne « \\n »"),
    "Invalid \\": ("une barre oblique inverse n'est pas suivie d'un code connu", "doublez-la : « \\\\ »"),
    "Extra data": ("du texte suit la fin des données", "gardez un seul ensemble de données par fichier"),
}  # fmt: skip


def is_json(text: str) -> bool:
    """Whether the text is legal JSON (a mapping or a list); raises `RecursionError` when nested beyond reason."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except ValueError:
        return False
    return True


def json_problem(text: str, name: str) -> Problem:
    """What is wrong with a text that is not legal JSON, and where."""
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        origin = Origin(name, error.lineno, error.colno)
        known = (wording for start, wording in _JSON_MISTAKES.items() if error.msg.startswith(start))
        message, advice = next(known, ("la syntaxe n'est pas correcte", "vérifiez guillemets, virgules et accolades"))
        return Problem(f"JSON : {message}", advice, origin)
    advice = 'écrivez un ensemble de clés entre accolades : {"clé": valeur}'
    return Problem("JSON : un ensemble de clés ou une liste est attendu", advice, Origin(name, 1, 1))


def json_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text known to be legal JSON."""
    line, start = 1, 0
    for match in _JSON.finditer(text):
        piece = match[0]
        column = match.start() - start + 1
        first = piece[0]
        if first == "\n":
            line, start = line + 1, match.end()
        elif first == '"':
            yield SCALAR, json.loads(piece) if "\\" in piece else piece[1:-1], False, line, column
        elif first in "{[":
            yield MAPPING if first == "{" else SEQUENCE, "", False, line, column
        elif first in "}]":
            yield END, "", False, line, column
        else:
            yield SCALAR, piece, True, line, column


# YAML ------------------------------------------------------------------------------------------

_YAML_MISTAKES = {
    "mapping values are not allowed": (
        "« : » n'est pas permis ici", "mettez entre guillemets un texte qui contient « : », ou corrigez le retrait"),
    "found character that cannot start any token": (
        "un caractère ne peut pas commencer une valeur (tabulation, @, ` ou %)",
        "mettez la valeur entre guillemets ; pour le retrait, des espaces et jamais de tabulation"),
    "found a tab character": ("une tabulation sert de retrait", "remplacez-la par des espaces"),
    "could not find expected ':'": ("il manque « : » après une clé", "écrivez « clé: valeur », avec une espace"),
    "did not find expected key": (
        "une clé est attendue", "alignez cette ligne sur les clés voisines, et fermez les guillemets qui précèdent"),
    "did not find expected '-' indicator": ("un tiret de liste est attendu", "alignez les « - » de la liste"),
    "expected <block end>": (
        "une clé ou un tiret est attendu", "alignez cette ligne sur ses voisines, et fermez les guillemets"),
    "did not find expected ',' or": (
        "il manque une virgule ou un signe fermant", "séparez les éléments par une virgule et fermez } ou ]"),
    "expected ',' or": (
        "il manque une virgule ou un signe fermant", "séparez les éléments par une virgule et fermez } ou ]"),
    "did not find expected node content": (
        "une valeur est attendue", "fermez } ou ], ou complétez la valeur"),
    "block sequence entries are not allowed": (
        "un tiret n'est pas permis ici", "mettez la liste à la ligne, en retrait"),
    "found unexpected end of stream": ("un guillemet n'est pas fermé", "fermez le guillemet ouvert ici"),
    "unknown escape character": (
        "une barre oblique inverse n'est pas suivie d'un code connu", "écrivez ce texte entre guillemets simples"),
    "invalid Unicode character escape": ("un code de caractère n'existe pas", "écrivez le caractère lui-même"),
    "document start": ("du texte suit la fin du document", "gardez un seul document, et alignez cette ligne"),
    "undefined tag handle": ("les étiquettes « ! » ne sont pas permises", "supprimez l'étiquette, gardez la valeur"),
}  # fmt: skip
_UNCLEAR = ("la syntaxe YAML n'est pas correcte", "vérifiez le retrait, les guillemets et les deux-points")


def yaml_tokens(text: str, name: str, report: Report) -> Iterator[Token]:
    """The tokens of a YAML text; what is refused is reported, and a syntax error raises `InputError`."""
    import yaml  # the import costs ten times the reading of a dossier: paid only when a file is read

    try:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        yield from _events(yaml, loader.get_event, name, report)
    except yaml.MarkedYAMLError as error:
        raise InputError([_syntax_problem(error, name)]) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise InputError([Problem(*_UNCLEAR, Origin(name, 1, 1))]) from None


def _events(yaml: Any, get_event: Callable[[], Any], name: str, report: Report) -> Iterator[Token]:
    scalar, alias, document = yaml.ScalarEvent, yaml.AliasEvent, yaml.DocumentStartEvent
    kinds = {
        yaml.MappingStartEvent: MAPPING, yaml.SequenceStartEvent: SEQUENCE,
        yaml.MappingEndEvent: END, yaml.SequenceEndEvent: END,
    }  # fmt: skip
    documents = 0
    while (event := get_event()) is not None:
        kind, mark = type(event), event.start_mark
        if kind is scalar:
            if event.tag is not None or event.anchor is not None:
                _report_node(event, name, report)
            yield SCALAR, event.value, not event.style, mark.line + 1, mark.column + 1
        elif kind in kinds:
            code = kinds[kind]
            if code != END and (event.tag is not None or event.anchor is not None):
                _report_node(event, name, report)
            yield code, "", False, mark.line + 1, mark.column + 1
        elif kind is alias:
            origin = Origin(name, mark.line + 1, mark.column + 1)
            report(Problem(f"les renvois (« *{event.anchor} ») ne sont pas permis", "recopiez la valeur ici", origin))
            yield IGNORED, "*" + event.anchor, False, mark.line + 1, mark.column + 1
        elif kind is document:
            documents += 1
            if documents > 1:
                origin = Origin(name, mark.line + 1, mark.column + 1)
                report(Problem("le fichier contient plusieurs documents (« --- »)", "faites un fichier par document",
                               origin))  # fmt: skip
                return


def _report_node(event: Any, name: str, report: Report) -> None:
    origin = Origin(name, event.start_mark.line + 1, event.start_mark.column + 1)
    if event.tag is not None:
        advice = "supprimez l'étiquette ; pour un texte, mettez la valeur entre guillemets"
        report(Problem("les étiquettes de type (« ! ») ne sont pas permises", advice, origin))
    if event.anchor is not None:
        advice = "supprimez l'ancre, et recopiez la valeur où elle sert"
        report(Problem(f"les ancres (« &{event.anchor} ») ne sont pas permises", advice, origin))


def _syntax_problem(error: Any, name: str) -> Problem:
    said = f"{error.problem or ''} {error.context or ''}"
    # An unclosed quote is seen at the end of the file: the place to mend is where it was opened.
    unclosed = "end of stream" in said and error.context_mark is not None
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    origin = Origin(name, mark.line + 1, mark.column + 1) if mark else Origin(name, 1, 1)
    for part, (message, advice) in _YAML_MISTAKES.items():
        if part in said:
            return Problem(f"syntaxe : {message}", advice, origin)
    return Problem(*_UNCLEAR, origin)
