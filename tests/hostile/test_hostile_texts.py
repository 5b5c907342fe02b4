"""Texts made to break a reader: each is refused at once, by every reader, in words that say why."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest

from cpf_funding import LimitError
from cpf_funding.reading.strict import (
    DOSSIER_MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    MAX_PROBLEMS,
    MAX_SCALAR,
    RULES_MAX_BYTES,
)
from hostile.readers import AS_CASE, AS_DOSSIER, AS_OVERLAY, READERS, YAML_READERS, refusal

pytestmark = pytest.mark.slow

NAMES = "abcdefgh"
LAUGHS = "a: &a [ha]\n" + "".join(f"{name}: &{name} [{f'*{before}, ' * 9}]\n" for before, name in pairwise(NAMES))
BEYOND = "x" * (MAX_SCALAR + 1)
DEEP = MAX_DEPTH + 1

# What is written, and a fragment of what must be said; every YAML reader is given each.
TEXTS: dict[str, tuple[bytes, str]] = {
    "billion laughs": (LAUGHS.encode(), "les ancres (« &"),
    "alias to itself": (b"a: &a [*a]\n", "les renvois (« *"),
    "alias of nothing": (b"a: *b\n", "les renvois (« *"),
    "merge": (b"a: {<<: {b: 1}}\n", "la fusion « << »"),
    "quadratic merge": (b"".join(b"k%d: {<<: *k}\n" % i for i in range(50)), "les renvois (« *"),
    "python object": (b"a: !!python/object/apply:os.system ['true']\n", "les étiquettes de type"),
    "local tag": (b"a: !include /etc/passwd\n", "les étiquettes de type"),
    "directive": (b"%TAG ! tag:x,2000:\n---\na: !y 1\n", "les étiquettes de type"),
    "deep flow": (b"a: " + b"[" * 200_000, f"plus de {MAX_DEPTH} niveaux"),
    "deep closed flow": (b"[" * DEEP + b"]" * DEEP, f"plus de {MAX_DEPTH} niveaux"),
    "deep blocks": (b"- " * 200_000, f"plus de {MAX_DEPTH} niveaux"),
    "deep mappings": ("".join("  " * level + "a:\n" for level in range(DEEP)).encode(), f"plus de {MAX_DEPTH} niveaux"),
    "deep keys": (b"? " * 200_000, f"plus de {MAX_DEPTH} niveaux"),
    "deep json": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, f"plus de {MAX_DEPTH} niveaux"),
    "deep json beyond recursion": (b"[" * 100_000 + b"]" * 100_000, f"plus de {MAX_DEPTH} niveaux"),
    "long plain scalar": (f"a: {BEYOND}\n".encode(), f"dépasse {MAX_SCALAR} caractères"),
    "long quoted scalar": (f'a: "{BEYOND}"\n'.encode(), f"dépasse {MAX_SCALAR} caractères"),
    "long folded scalar": (f"a: >\n  {BEYOND}\n".encode(), f"dépasse {MAX_SCALAR} caractères"),
    "long key": (f'{{"{BEYOND}": 1}}'.encode(), f"dépasse {MAX_SCALAR} caractères"),
    "scalar of 900 kB": (b"a: '" + b"x" * 900_000 + b"'\n", f"dépasse {MAX_SCALAR} caractères"),
    "open quote to the end": (b"a: '" + b"x\n\n" * 1000, "un guillemet n'est pas fermé"),
    "nul byte": (b"a: b\0c\n", "U+0000"),
    "nul bytes only": (b"\0" * 100, "U+0000"),
    "escaped nul": (b'a: "\\0"\n', "U+0000"),
    "bell": (b"a: b\x07\n", "U+0007"),
    "line separator": ("a: b\u2028c\n".encode(), "U+2028"),
    "lone surrogate": (b"a: \xed\xa0\x80\n", "n'est pas écrit en UTF-8"),
    "escaped surrogate": (b'{"a": "\\ud83d"}', "U+D83D"),
    "latin-1": ("a: é\n".encode("latin-1"), "n'est pas écrit en UTF-8"),
    "cp1252": ("a: l’élan\n".encode("cp1252"), "n'est pas écrit en UTF-8"),
    "utf-16": ("a: b\n".encode("utf-16"), "n'est pas écrit en UTF-8"),
    "utf-16 without a mark": ("a: b\n".encode("utf-16-le"), "U+0000"),
    "utf-32": ("a: b\n".encode("utf-32"), "n'est pas écrit en UTF-8"),
    "overlong utf-8": (b"a: \xc0\xaf\n", "n'est pas écrit en UTF-8"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n", "U+FEFF"),
    "byte order mark inside": ("a: 1\n\ufeffb: 2\n".encode(), "U+FEFF"),
    "twice the same key": (b"a: 1\na: 2\n", "déjà écrite ligne 1"),
    "list as a key": (b"? [a]\n: 1\n", "ne peut pas servir de clé"),
    "empty key": (b"~: 1\n", "une clé est vide"),
    "reserved key": (b"__at__: {file: x}\n", "réservée au lecteur"),
    "two documents": (b"a: 1\n---\nb: 2\n", "plusieurs documents"),
    "many documents": (b"---\n" * 100_000, "plusieurs documents"),
    "tabulation": (b"a:\n\tb: 1\n", "tabulation"),
    "unknown escape": (b'a: "\\y"\n', "barre oblique inverse"),
    "code of no character": (b'a: "\\UFFFFFFFF"\n', "syntaxe"),
    "yaml of another version": (b"%YAML 9.9\n---\na: 1\n", "syntaxe"),
    "nothing": (b"", "le fichier est vide"),
    "comment only": (b"# rien\n", "le fichier est vide"),
    "a text": (b"bonjour\n", "« bonjour »"),
    "a binary": (bytes(range(256)) * 40, "n'est pas écrit en UTF-8"),
    "colons": (b"a: " * 100_000, "« : » n'est pas permis ici"),
    "question marks": (b"?" * 10_000, "« ????"),
    "errors without end": (b"a: 1\n" * 100_000, f"plus de {MAX_PROBLEMS} erreurs"),
    "invisible without end": ("a: \u2028\n".encode() * 50_000, f"plus de {MAX_PROBLEMS} erreurs"),
}  # fmt: skip


@pytest.mark.parametrize("reader", YAML_READERS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_refused_with_its_reason(reader: str, name: str, tmp_path: Path) -> None:
    data, told = TEXTS[name]
    started = time.process_time()
    error = refusal(reader, data, tmp_path)
    assert told in str(error)
    assert time.process_time() - started < 2  # the longest takes a tenth of that
    assert len(error.problems) <= 2 * MAX_PROBLEMS + 2


@pytest.mark.parametrize("reader", ["dossier", "rules", "overlay", "case"])
def test_more_elements_than_the_limit(reader: str, tmp_path: Path) -> None:
    """Two bytes each: the smallest file that can hold so many."""
    error = refusal(reader, b"[" + b"1," * (MAX_NODES + 1) + b"1]", tmp_path)
    assert ("dépasse 1000 ko" if reader == "dossier" else f"plus de {MAX_NODES} éléments") in str(error)


@pytest.mark.parametrize("reader", [name for name in READERS if name != "history"])
def test_a_megabyte_too_much_is_not_read(reader: str, tmp_path: Path) -> None:
    size = DOSSIER_MAX_BYTES if reader in ("dossier", "json") else RULES_MAX_BYTES
    error = refusal(reader, b"#" * (size + 1), tmp_path)
    assert f"dépasse {size // 1000} ko" in str(error)
    if reader in ("dossier", "json", "case"):
        assert type(error) is LimitError


@pytest.mark.parametrize("reader", YAML_READERS)
def test_a_list_of_thousands_of_mistakes_gives_a_bounded_number_of_messages(reader: str, tmp_path: Path) -> None:
    error = refusal(reader, b"aids: [" + b"1," * 10_000 + b"1]\n", tmp_path)
    assert len(error.problems) <= MAX_PROBLEMS + 10


JSON_TEXTS: dict[str, tuple[bytes, str]] = {
    "yaml in a json file": (b"a: 1\n", "JSON : une valeur est attendue"),
    "nan": (b'{"cpf": {"balance": NaN}}', "ce n'est pas un nombre"),
    "infinity": (b'{"cpf": {"balance": Infinity}}', "ce n'est pas un nombre"),
    "minus infinity": (b'{"cpf": {"hours": -Infinity}}', "ce n'est pas un nombre"),
    "comment": (b'{"id": "a" /* non */}', "JSON : il manque une virgule"),
    "trailing comma": (b'{"id": "a",}', "JSON"),
    "raw line break": (b'{"id": "a\nb"}', "n'est pas fermé sur sa ligne"),
    "two values": (b'{"id": "a"} {"id": "b"}', "du texte suit"),
    "same key twice": (b'{"id": "a", "id": "b"}', "déjà écrite ligne 1"),
    "same key twice, escaped": (b'{"id": "a", "\\u0069d": "b"}', "déjà écrite ligne 1"),
    "400 digits": (b'{"cpf": {"balance": ' + b"9" * 400 + b"}}", "ce n'est pas un nombre"),
    "exponent": (b'{"cpf": {"balance": 1e3}}', "ce n'est pas un nombre"),
    "huge exponent": (b'{"cpf": {"balance": 1e999999999}}', "ce n'est pas un nombre"),
    "5000 digits": (b'{"holder": {"qualification": ' + b"9" * 5000 + b"}}", "qualification"),
    "a list": (b"[1, 2]", "un ensemble de clés"),
    "a number": (b"12", "JSON"),
}


@pytest.mark.parametrize("name", JSON_TEXTS)
def test_a_hostile_json_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    data, told = JSON_TEXTS[name]
    assert told in str(refusal("json", data, tmp_path))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(("reader", "head"), [("dossier", AS_DOSSIER), ("overlay", AS_OVERLAY), ("case", AS_CASE)])
def test_what_windows_and_old_macs_write_is_read(
    reader: str, head: bytes, newline: bytes, mark: bytes, tmp_path: Path
) -> None:
    """The same file, and a mistake told on the same line."""
    body = b"dossier: {}\n" if reader == "case" else b""
    READERS[reader](mark + (head + body).replace(b"\n", newline), tmp_path)
    wrong = refusal(reader, mark + (head + b"strat: 1\n").replace(b"\n", newline), tmp_path)
    origins = [problem.origin for problem in wrong.problems]
    assert origins[-1] is not None
    assert origins[-1].line == head.count(b"\n") + 1


def test_a_legal_json_dossier_in_any_layout_is_read(tmp_path: Path) -> None:
    data = {"schema": "cpf-funding/dossier/1", "cpf": {"balance": "1500.00"}}
    for indent in (None, 0, 8):
        assert READERS["json"](json.dumps(data, indent=indent).encode(), tmp_path)
