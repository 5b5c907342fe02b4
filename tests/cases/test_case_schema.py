"""The JSON Schema of worked cases: up to date, and what an editor would say of the cases that ship."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cpf_funding.testing.schema import case_schema

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    *sorted((ROOT / "docs" / "examples" / "cas").glob("*.yaml")),
    *sorted((ROOT / "rules" / "cases" / "conformance" / "cases").glob("*.yaml")),
    *(ROOT / "rules" / "cases" / f"{name}.yaml" for name in ("dates_cpf", "refus_du_dossier", "examples")),
]


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates stay texts, `on` is a word."""


Core.yaml_implicit_resolvers = {
    first: [(tag, test) for tag, test in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def mistakes(data: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(case_schema()).iter_errors(data)]


def test_the_committed_schema_is_up_to_date() -> None:
    """Otherwise: `cpf-funding rules schema case > docs/schema/case.schema.json`."""
    Draft202012Validator.check_schema(case_schema())
    assert json.loads((ROOT / "docs" / "schema" / "case.schema.json").read_text(encoding="utf-8")) == case_schema()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_editor_accepts_the_cases(path: Path) -> None:
    assert mistakes(yaml.load(path.read_text(encoding="utf-8"), Core)) == []


@pytest.mark.parametrize(
    ("written", "instead"), [("days:", "jours:"), ("- {on:", "- {le:"), ("title:", "titre:"), ("/case/1", "/case/2")]
)
def test_an_editor_marks_a_mistake(written: str, instead: str) -> None:
    text = (ROOT / "docs" / "examples" / "cas" / "jours.yaml").read_text(encoding="utf-8")
    assert written in text
    assert mistakes(yaml.load(text.replace(written, instead), Core))
