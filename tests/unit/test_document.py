from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cpf_funding import FundingPlan, Rulebook, build_plan, load_rulebook, read_dossier
from cpf_funding.report import schema as written
from cpf_funding.report.document import plan_document
from cpf_funding.report.schema import SCHEMAS, plan_schema

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
DOSSIERS = sorted((DATA / "dossiers").glob("*.yaml"))
RULE_FILES = sorted([*(ROOT / "rules").glob("*.yaml"), *(ROOT / "rules").glob("[nrl]*/*.yaml"),
                     *(DATA / "rules_small").rglob("*.yaml")])  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(rules=DATA / "rules_small")


def planned(name: str, book: Rulebook) -> FundingPlan:
    return build_plan(read_dossier(DATA / "dossiers" / f"{name}.yaml"), book)


def closed(schema: Any) -> Any:
    """The schema with nothing allowed that it does not describe."""
    if isinstance(schema, dict):
        return {key: False if key == "additionalProperties" and value is True else closed(value)
                for key, value in schema.items()}  # fmt: skip
    return [closed(each) for each in schema] if isinstance(schema, list) else schema


rule_schema, dossier_schema = cache(written.rule_schema), cache(written.dossier_schema)


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates stay texts, `on` is a word."""


Core.yaml_implicit_resolvers = {
    first: [(tag, test) for tag, test in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def mistakes(schema: dict[str, Any], data: Any) -> list[str]:
    return [f"{list(error.path)}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(data)]


# The contract -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda path: path.stem)
def test_a_plan_document_is_what_its_schema_describes_and_nothing_more(path, book):
    document = plan_document(planned(path.stem, book), book)
    assert mistakes(closed(plan_schema()), json.loads(json.dumps(document))) == []


def test_the_contract_holds_the_keys_agreed(book):
    document = plan_document(planned("small", book), book)
    assert {
        "schema", "dossier", "as_of", "cost", "contributions", "holder_pays", "unfunded", "bounds", "complete",
        "verdicts", "causes", "calendar", "alternatives", "questions", "checklist", "warnings", "receipt",
    } <= set(document)  # fmt: skip
    keys = {"aid", "funder", "amount", "by_line", "rank", "standing", "confirm", "evidence", "sources"}
    assert all(keys <= set(each) for each in document["contributions"])
    assert all({"aid", "state", "evidence", "cause"} <= set(each) for each in document["verdicts"])
    assert all({"id", "state", "evidence", "remedies"} <= set(each) for each in document["causes"])
    keys = {"aid", "file_by", "answer", "slack_days", "on_time_probability"}
    assert all(keys <= set(each) for each in document["calendar"])
    assert document["schema"] == "cpf-funding/plan/1"


def test_amounts_are_strings_with_two_decimals(book):
    document = plan_document(planned("small", book), book)
    assert document["cost"] == {"lines": {"teaching": "5400.00", "exam": "0.00"}, "total": "5400.00"}
    assert [(each["aid"], each["amount"]) for each in document["contributions"]] == [
        ("compte", "1080.00"), ("agence.aide", "3000.00"),
    ]  # fmt: skip
    assert document["unfunded"] == "1320.00"
    assert document["bounds"] == {"unfunded": {"best": "1320.00", "worst": "2400.00"}}
    assert document["complete"] is False


def test_no_number_of_the_document_is_a_float(book):
    document = json.loads(json.dumps(plan_document(planned("uncertain", book), book)))

    def floats(data: Any, path: str = "") -> Iterator[str]:
        if isinstance(data, float):
            yield path
        for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
            yield from floats(value, f"{path}.{key}")

    assert not [path for path in floats(document) if not path.endswith("on_time_probability")]


def test_an_evidence_holds_the_values_compared(book):
    document = plan_document(planned("uncertain", book), book)
    refused = next(each for each in document["verdicts"] if each["aid"] == "agence.aide")
    assert (refused["state"], refused["cause"]) == ("refused", "training_over_one_year")
    evidence = refused["evidence"][0]
    assert evidence["at"].endswith("national/essai.yaml:41:11")
    del evidence["at"], evidence["text"]
    assert evidence == {
        "truth": "no", "kind": "fact", "subject": "training.months", "operator": "at_most", "seen": "14.62",
        "expected": ["12.00"], "unit": "months", "sources": ["essai-moyen"], "missing": [],
        "cause": "training_over_one_year", "day": None, "note": None, "children": [],
    }  # fmt: skip


def test_what_is_not_known_is_null(book):
    document = plan_document(planned("small", book), book)
    answer = next(each for each in document["calendar"] if each["aid"] == "agence.aide")["answer"]
    assert answer == {"least": "2017-03-15", "usual": "2017-03-15", "most": None}


def test_a_recorded_answer_makes_the_line_granted(book):
    document = plan_document(planned("uncertain", book), book)
    first = document["contributions"][0]
    assert (first["aid"], first["standing"], first["amount"]) == ("compte", "granted", "1000.00")


def test_the_four_items_owed_to_the_person_are_fields(book):
    """CRPA R. 311-3-1-2: degree and mode, data and their sources, parameters as applied, operations."""
    document = plan_document(planned("small", book), book)
    explanation = document["contributions"][1]["explanation"]
    assert set(explanation) == {"degree_and_mode", "data", "parameters", "operations"} == set(document["explanation"])
    assert explanation["degree_and_mode"].startswith("Le financeur décide")
    values = {datum["fact"]: (datum["value"], datum["source"]) for datum in explanation["data"]}
    assert values["training.months"] == ("8\u00a0mois et quelques jours", "dossier")
    assert values["envelope:agence.aide"] == ("ouverte", "dossier")
    parameters = {each["name"]: each for each in explanation["parameters"]}
    assert list(parameters) == ["order", "agence.aide.notice", "agence.aide.max_months", "agence.aide.ceiling"]
    assert parameters["agence.aide.ceiling"]["value"] == "3\u202f000\u00a0€"
    assert parameters["agence.aide.ceiling"]["key"] == "75"
    assert parameters["agence.aide.notice"]["confidence"] == "memory"
    assert explanation["operations"][0].startswith("3\u202f000\u00a0€ = le plus petit de : ")


def test_the_document_never_depends_on_what_was_asked_before(book):
    plan = planned("small", book)
    first = json.dumps(plan_document(plan, book))
    plan_document(planned("uncertain", book), book)
    assert json.dumps(plan_document(plan, book)) == first


# The schemas ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_committed_schema_is_up_to_date(name):
    """Otherwise: `cpf-funding rules schema NAME > docs/schema/NAME.schema.json`."""
    committed = (ROOT / "docs" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert json.loads(committed) == SCHEMAS[name]()


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_a_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_editor_accepts_the_rule_files(path):
    assert mistakes(rule_schema(), yaml.load(path.read_text(encoding="utf-8"), Core)) == []


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda path: path.stem)
def test_an_editor_accepts_the_dossiers(path):
    assert mistakes(dossier_schema(), yaml.load(path.read_text(encoding="utf-8"), Core)) == []


def test_an_editor_refuses_what_the_reader_refuses():
    assert mistakes(dossier_schema(), {"schema": "cpf-funding/dossier/1", "holder": {"region": 75}})
    assert mistakes(dossier_schema(), {"holder": {}})
    assert mistakes(rule_schema(), {"aids": [{"aid": "a", "label": "A"}]})
    assert mistakes(rule_schema(), {"sources": {}, "extra": 1})


@pytest.mark.parametrize("schema", [dossier_schema(), rule_schema()], ids=["dossier", "rules"])
def test_an_editor_explains_every_key_in_french(schema):
    described = [
        content["description"]
        for definition in schema["$defs"].values()
        for content in definition.get("properties", {}).values()
    ]
    assert len(described) > 50
    assert not [text for text in described if re.search(r"\b(?:the|of|and|is)\b", text.replace("is:", ""))]
    assert not [name for name, definition in schema["$defs"].items() if "description" in definition]
