"""The strict reader: texts with places, and refusal of whatever two readers could read in two ways."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpf_funding.errors import InputError, LimitError, Origin, Problem
from cpf_funding.reading import strict
from cpf_funding.reading.places import AT, Text
from cpf_funding.reading.strict import read_file, read_text


def problems_of(text: str | bytes, name: str = "f.yaml", **limits: int) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_text(text, name, **limits)
    return caught.value.problems


def plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items() if key != AT}
    return [plain(item) for item in data] if isinstance(data, list) else data


# What is read ----------------------------------------------------------------------------------


def test_scalars_stay_texts_and_absent_values_are_none() -> None:
    data = read_text("a: true\nb: 2017-03-01\nc: 12.50\nd: no\ne: ~\nf:\ng: null\nh: 'null'\ni: ''\n", "f")
    assert plain(data) == {
        "a": "true", "b": "2017-03-01", "c": "12.50", "d": "no", "e": None, "f": None, "g": None, "h": "null", "i": "",
    }  # fmt: skip


def test_places_of_keys_values_and_mappings() -> None:
    data = read_text('# c\na:\n  - é: "x"\n    b: {c: 1}\n', "f.yaml")
    inner = data["a"][0]
    assert data[AT] == Origin("f.yaml", 2, 1)
    assert inner[AT] == Origin("f.yaml", 3, 5)
    assert inner["é"].origin == Origin("f.yaml", 3, 8)
    assert inner["b"][AT] == Origin("f.yaml", 4, 8)
    assert [key.origin for key in inner if key != AT] == [Origin("f.yaml", 3, 5), Origin("f.yaml", 4, 5)]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_do(newline: str) -> None:
    for text in ("a: 1\nb:\n  c: 2\n", '{"a": 1,\n"b":\n  {"c": 2}}'):
        assert read_text(text.replace("\n", newline), "f")["b"]["c"].line == 3


@pytest.mark.parametrize(
    "number",
    ["01", "75", "1e3", "12:30", "0x1F", "0o17", "0b1", "1_000", "-3", "+3", "1.5", ".5", "1.", ".inf", ".nan", "0800"],
)
def test_an_unquoted_number_is_known_as_such(number: str) -> None:
    unquoted, quoted = read_text(f"[{number}, '{number}']", "f")
    assert (unquoted.unquoted, unquoted.unquoted_number) == (True, True)
    assert (quoted.unquoted, quoted.unquoted_number) == (False, False)


@pytest.mark.parametrize("text", ["2A", "RNCP37488", "78.20Z", "2017-03-01", "true", "e3", "1 000", "0x", ".", "_1"])
def test_an_unquoted_text_is_not_a_number(text: str) -> None:
    assert not read_text(f"[{text}]", "f")[0].unquoted_number


def test_a_text_survives_copy_and_pickle() -> None:
    text = read_text("a: 01", "f")["a"]
    for again in (copy.copy(text), copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert (again, again.origin, again.unquoted_number) == (text, Origin("f", 1, 4), True)
    assert type(str(text)) is str


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1}', {"a": "1"}),
        ('{\n\t"a":\t[1,\t2]\n}', {"a": ["1", "2"]}),
        (r'{"a": "\/ \u00e9 \ud83d\ude00 \"\\ \n"}', {"a": '/ é \U0001f600 "\\ \n'}),
        ('{"a": null, "b": true, "c": -1.5e3, "d": "null", "e": {}, "f": []}',
         {"a": None, "b": "true", "c": "-1.5e3", "d": "null", "e": {}, "f": []}),
        ('{"%s": {"b": ":,{}[]#"}}' % ("k" * 2000), {"k" * 2000: {"b": ":,{}[]#"}}),
        ("[]", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["f.json", "f"])
def test_legal_json_is_read(text: str, expected: Any, name: str) -> None:
    assert plain(read_text(text, name)) == expected


def test_places_in_json() -> None:
    data = read_text('{\n  "a": [\n    {"b": 75}, "75"]\n}', "f.json")
    assert data["a"][0][AT] == Origin("f.json", 3, 5)
    assert data["a"][0]["b"].origin == Origin("f.json", 3, 11)
    assert [data["a"][0]["b"].unquoted_number, data["a"][1].unquoted_number] == [True, False]


def test_a_yaml_flow_mapping_is_not_taken_for_json() -> None:
    assert plain(read_text("{a: 1, b: [x, 'y']}", "f.yaml")) == {"a": "1", "b": ["x", "y"]}


def test_a_utf8_byte_order_mark_is_dropped() -> None:
    for text in (b"\xef\xbb\xbfa: 1", "\ufeffa: 1", '\ufeff{"a": 1}'):
        assert read_text(text, "f")["a"] == "1"


def test_reading_does_not_depend_on_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'a: [1, "x"]\nb: &n 2\nc: {d: !t 3}\nd: *n\ne: |\n  long\n  text\n'
    with_libyaml = problems_of(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert problems_of(text) == with_libyaml
    assert plain(read_text("a: [1, x]\nb: |\n  t\n", "f")) == {"a": ["1", "x"], "b": "t\n"}
    assert len(problems_of("a: [1\nb: 2")) == 1
    assert len(problems_of('a: "\\U99999999"')) == 1


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\n'a': 2", (2, 1), "déjà écrite ligne 1"),
        ('{"a": 1, "a": 2}', (1, 10), "déjà écrite ligne 1"),
        ("<<: {a: 1}", (1, 1), "la fusion"),
        ("a: {b: &x 1}", (1, 8), "les ancres"),
        ("a: &x {b: 1}", (1, 4), "les ancres"),
        ("&x a: 1", (1, 1), "les ancres"),
        ("*x : 1", (1, 1), "les renvois"),
        ("a: !!int 1", (1, 4), "les étiquettes"),
        ("a: !x [1]", (1, 4), "les étiquettes"),
        ("a: ! 1", (1, 4), "les étiquettes"),
        ("? {a: 1}\n: 2", (1, 3), "ne peut pas servir de clé"),
        ("~: 1", (1, 1), "une clé est vide"),
        ("null: 1", (1, 1), "une clé est vide"),
        ("__at__: 1", (1, 1), "réservée"),
        ('{"__at__": 1}', (1, 2), "réservée"),
        ("a: 1\n--- \nb: 2", (2, 1), "plusieurs documents"),
        ("a: 1\nb: \x07", (2, 4), "U+0007"),
        ("a: 'x\u2028y'", (1, 6), "U+2028"),
        ("a: x\ufeff", (1, 5), "U+FEFF"),
        ("a: \udc80", (1, 4), "U+DC80"),
        (r'a: "\0"', (1, 4), "U+0000"),
        (r'{"a": "\ud83d"}', (1, 7), "U+D83D"),
        ("", (1, 1), "vide"),
        ("# rien\n", (1, 1), "vide"),
        ("---\n", (1, 1), "vide"),
        (b"a: 1\nb: \xc3\xa9\xff", (2, 5), "UTF-8"),
        (b"\xff\xfea\x00", (1, 1), "UTF-8"),
        ("a: [1", (2, 1), "syntaxe"),
        ("a: *", (1, 5), "syntaxe YAML"),
        ("%YAML 9.9\n--- a", (1, 1), "syntaxe YAML"),
    ],
)
def test_a_mistake_is_refused_at_its_place(text: str | bytes, place: tuple[int, int], message: str) -> None:
    (problem,) = problems_of(text)
    assert message in problem.message
    assert problem.advice
    assert problem.origin is not None
    assert (problem.origin.file, problem.origin.line, problem.origin.column) == ("f.yaml", *place)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"a": 1,}', None, "JSON"),
        ('{"a" 1}', (1, 6), "il manque « : »"),
        ('{\n"a": 1 "b": 2}', (2, 8), "il manque une virgule"),
        ("{a: 1}", (1, 2), "clé entre guillemets"),
        ('{"a": }', (1, 7), "une valeur est attendue"),
        ('{"a": "x', (1, 7), "n'est pas fermé"),
        ('{"a": "x\ny"}', (1, 9), "n'est pas fermé sur sa ligne"),
        (r'{"a": "\x"}', None, "barre oblique"),
        ('{"a": 1} {}', (1, 10), "du texte suit"),
        ('"a"', (1, 1), "un ensemble de clés ou une liste"),
        ("", (1, 1), "vide"),
    ],
)
def test_a_json_file_must_be_legal_json(text: str, place: tuple[int, int] | None, message: str) -> None:
    (problem,) = problems_of(text, "f.json")
    assert message in problem.message
    assert problem.advice
    assert problem.origin is not None
    assert place in (None, (problem.origin.line, problem.origin.column))


def test_all_the_mistakes_of_a_text_are_told_with_a_syntax_error_last() -> None:
    found = problems_of("a: &x 1\nb: *x\na: !t 2\n? [c]\n: 1\nd: \x00\n  e: f: g")
    assert [problem.origin.line for problem in found if problem.origin] == [6, 1, 2, 3, 3, 4, 7]


def test_what_is_beside_a_mistake_is_kept() -> None:
    data, problems = strict.scan("a: {[x, {y: z}]: 1, k: 2}\nb: *r\na: 3\n<<: {c: 1}\nd: 4\n", "f")
    assert plain(data) == {"a": {"k": "2"}, "b": "*r", "d": "4"}
    assert len(problems) == 4


def test_past_many_mistakes_the_list_stops() -> None:
    found = problems_of("a: 1\n" * 1000)
    assert len(found) == strict.MAX_PROBLEMS + 1
    assert "ne sont pas montrées" in found[-1].message


# Limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 41 + "]" * 41, "40 niveaux"),
        ("[" * 500_000, "40 niveaux"),
        ("- " * 500_000, "40 niveaux"),
        ("{a: " * 500_000, "40 niveaux"),
        ('{"a":' * 41 + "1" + "}" * 41, "40 niveaux"),
        ("a: " + "x" * 20_001, "20000 caractères"),
        ('{"a": "' + "x" * 20_001 + '"}', "20000 caractères"),
        ("#" * 5_000_001, "5000 ko"),
    ],
    ids=["flow", "open flow", "blocks", "mappings", "json", "scalar", "json scalar", "size"],
)
def test_beyond_a_limit_nothing_is_read(text: str, message: str) -> None:
    with pytest.raises(LimitError, match=message) as caught:
        read_text(text, "f")
    assert caught.value.problems[0].advice


def test_the_number_of_nodes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "MAX_NODES", 9)
    assert plain(read_text("a: [1, 2, {}]", "f")) == {"a": ["1", "2", {}]}
    for text in ("a: [1, 2, 3, 4, 5, 6]", '{"a": [1, 2, 3, 4, 5, 6]}'):
        with pytest.raises(LimitError, match="9 éléments"):
            read_text(text, "f")


def test_json_nested_beyond_reason() -> None:
    with pytest.raises(LimitError, match="40 niveaux"):
        read_text("[" * 100_000 + "]" * 100_000, "f.json")


def test_on_the_limit_all_is_read() -> None:
    assert read_text("[" * 40 + "]" * 40, "f")
    assert read_text("a: " + "x" * 20_000, "f")
    assert read_text("a: 1", "f", max_bytes=4)


# Files -----------------------------------------------------------------------------------------


def test_a_file_is_named_as_given(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: é", encoding="utf-8")
    assert read_file(path)["a"].origin == Origin(str(path), 1, 4)
    assert read_file(str(path)) == read_file(path)


def test_a_file_larger_than_the_limit_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 12345")
    assert len(strict.load_bytes(path, 3)) == 4
    with pytest.raises(LimitError):
        read_file(path, max_bytes=3)


def test_the_reader_imports_yaml_only_to_read() -> None:
    code = "import sys, cpf_funding.reading.strict; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_text_is_a_plain_str_for_everything_else() -> None:
    assert {Text("a", "f", 3, 4): 1}["a"] == 1
    assert Text("a").origin == Origin("", 1, 1)
