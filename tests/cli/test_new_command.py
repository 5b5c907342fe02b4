from __future__ import annotations

import re
from collections.abc import Iterator

from cpf_funding import load_rulebook
from cpf_funding.dossier import Dossier, Part
from cpf_funding.facts import BUILT_IN
from cpf_funding.reading.dossiers import read_dossier_text, write_dossier_yaml
from cpf_funding.report.template import EXAMPLES, dossier_template


def leaves(part: type[Part], path: str = "") -> Iterator[str]:
    for name, field in part.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Part):
            yield from leaves(inner, f"{path}{name}.")
        elif name not in ("at", "schema_"):
            yield f"{path}{name}"


def filled(template: str) -> str:
    """The template with every example written in its place."""
    template = re.sub(r":  # exemple : ", ": ", template)
    return re.sub(r"(?m)^( *)#  (?=- \{|cpf: )", r"\1  ", template)


def test_the_template_reads_as_it_is_and_knows_nothing(run, rules):
    outcome = run("new", "--rules", rules)
    assert (outcome.code, outcome.err) == (0, "")
    assert write_dossier_yaml(read_dossier_text(outcome.out)) == write_dossier_yaml(Dossier())


def test_the_template_shows_every_field(run, rules):
    text = run("new", "--rules", rules).out
    dossier = read_dossier_text(filled(text))
    held = {path for path in leaves(Dossier) if _value(dossier, path) not in (None, (), {})}
    assert held == set(leaves(Dossier)) - {"answers"}
    assert set(EXAMPLES) <= held


def _value(dossier: Dossier, path: str) -> object:
    value: object = dossier
    for step in path.split("."):
        value = getattr(value, step)
    return value


def test_the_template_asks_every_fact_that_the_rules_declare(rules):
    book = load_rulebook(rules=rules)
    declared = set(book.facts) - set(BUILT_IN)
    assert declared
    text = dossier_template(book.facts)
    for name in declared:
        assert f"# {book.facts[name].question}" in text
        assert f"\n  {name}:" in text


def test_a_filled_template_gives_a_plan(run, rules, tmp_path):
    template, target = run("new", "--rules", rules).out, tmp_path / "dossier.yaml"
    template = template.replace("as_of:", "as_of: 2017-03-01", 1).replace("teaching:", 'teaching: "5400.00"', 1)
    target.write_text(template, encoding="utf-8")
    outcome = run("plan", str(target), "--rules", rules)
    assert (outcome.code, outcome.err) == (0, "")
    assert "sur 5\u202f400,00\u00a0€" in outcome.out


def test_a_filled_dossier_is_never_lost(run, rules, tmp_path):
    target = tmp_path / "dossier.yaml"
    assert run("new", "--rules", rules, "-o", str(target)).code == 0
    target.write_text("rempli", encoding="utf-8")
    assert run("new", "--rules", rules, "-o", str(target)).code == 2
    assert target.read_text(encoding="utf-8") == "rempli"
