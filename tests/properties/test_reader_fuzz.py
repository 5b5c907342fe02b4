"""Whatever is given to the reader, it reads or it refuses with `InputError`: nothing else ever comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpf_funding.dossier import Dossier
from cpf_funding.errors import InputError
from cpf_funding.reading.dossiers import read_dossier_text, write_dossier_yaml
from cpf_funding.reading.places import AT
from cpf_funding.reading.strict import read_text

VALID = """\
schema: cpf-funding/dossier/1
as_of: 2017-03-01
holder: {status: job_seeker, registered: true, birth_date: 1978-05-04, region: "75", allowance: {daily: "28.58"}}
cpf:
  hours: 120
  consent: {given: true, on: 2017-02-20}
training:
  title: "Titre professionnel"
  certification: {cpf_codes: ["12345"]}
  costs: {teaching: "5400.00", exam: 50}
project: {opinions: [{aid: ft.aif, favourable: false}]}
local: {envelopes: {ft.aif: {state: open}}, delays: {ft.aif: {least: 5}}}
answers: {course.quotes: 3}
"""
PIECES = st.sampled_from(
    [*"\n\t:-{}[],'\"\\#|>@`~? é\x00\u2028\ufeff\ud800\U0001f600", "  ",
     ": ", "- ", "&a ", "*a", "!!str ", "<<: ", "\\ud83d",
     "---", "...", "%YAML 1.2", "null", "true", "01", "1e999", "9" * 5000, "0217-02-30", "__at__", "holder", "opinions"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def reads_or_refuses(text: str | bytes, name: str) -> Dossier | None:
    try:
        return read_dossier_text(text, name)
    except InputError as error:
        problems = error.problems
    assert problems
    assert all(problem.message and problem.advice for problem in problems)
    return None


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from(["d.yaml", "d.json"]))
def test_any_bytes(data: bytes, name: str) -> None:
    reads_or_refuses(data, name)


@settings(max_examples=150)
@given(st.lists(PIECES | st.text(max_size=5), max_size=15).map("".join), st.sampled_from(["d.yaml", "d.json"]))
def test_any_text(text: str, name: str) -> None:
    reads_or_refuses(text, name)


@settings(max_examples=250)
@given(st.data())
def test_any_mutation_of_a_valid_dossier(data: st.DataObject) -> None:
    text = VALID
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(PIECES) + text[end:]
    dossier = reads_or_refuses(text, "d.yaml")
    if dossier is not None:
        assert read_dossier_text(write_dossier_yaml(dossier)).model_dump() == dossier.model_dump()


@settings(max_examples=200)
@given(st.sampled_from(["holder", "cpf", "training", "project", "local", "answers", "overrides", "x"]), JSON)
def test_any_json_in_a_field(key: str, value: Any) -> None:
    reads_or_refuses(json.dumps({"schema": "cpf-funding/dossier/1", key: value}), "d.json")


def places_removed(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): places_removed(value) for key, value in data.items() if key != AT}
    return [places_removed(item) for item in data] if isinstance(data, list) else data


def as_written(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_written(item) for item in value]
    return value if value is None or isinstance(value, str) else json.dumps(value)


@settings(max_examples=200)
@given(JSON, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_legal_json_is_read_as_json_does(value: Any, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps([value], ensure_ascii=ascii_only, indent=indent)
    try:
        read, problems = places_removed(read_text(text, "d.json")), ()
    except InputError as error:
        read, problems = as_written([value]), error.problems
    assert read == as_written([value])
    # Only invisible characters and the reader's own key are refused in legal JSON.
    assert all("invisible" in problem.message or AT in problem.message for problem in problems)


@pytest.mark.parametrize("text", [VALID, write_dossier_yaml(read_dossier_text(VALID))])
def test_the_dossier_that_is_mutated_is_valid(text: str) -> None:
    assert reads_or_refuses(text, "d.yaml") is not None
