"""No message, no log and no output repeats what is personal in a dossier: an error shows a field and a line."""

from __future__ import annotations

import ast
import logging
import traceback
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cpf_funding import Dossier, InputError, Rulebook, build_plan
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.facts import BUILT_IN
from cpf_funding.reading.changes import apply_changes
from cpf_funding.reading.dossiers import read_dossier_text
from cpf_funding.reading.french import PERSONAL
from cpf_funding.report.text import plan_text
from generators import packaged
from purity.watched import ROOT, dossiers

SOURCE = ROOT / "src" / "cpf_funding"
HEAD = "schema: cpf-funding/dossier/1\nas_of: 2017-03-01\n"
SECRET = "198754321"
"""Stands in the place of a birth date, of an allowance, of savings."""
PLACES = {
    "holder.birth_date": "holder:\n  birth_date: {}\n",
    "holder.disability": "holder:\n  disability: {}\n",
    "holder.allowance": "holder:\n  allowance: {}\n",
    "holder.allowance.kind": "holder:\n  allowance:\n    kind: {}\n",
    "holder.allowance.daily": "holder:\n  allowance:\n    daily: {}\n",
    "holder.allowance.ends": "holder:\n  allowance:\n    ends: {}\n",
    "means.holder_can_pay": "means:\n  holder_can_pay: {}\n",
}
WRITTEN = [
    "{0}", '"{0}"', "'{0}", '"{0}', "[{0}]", "[{0}", "{{a: {0}}}", "{{{0}: a}}", "{{{0}}}", "!{0} 1", "!!{0} 1",
    "{0}: {0}", "%{0}", "@{0}", "|{0}", ">{0}", "{0} €", "-{0}", "{0}.001", "0{0}", '"\\u0000{0}"', '"\\q{0}"',
    "\u2028{0}", "\n   {0}\n  x{0}", "{{<<: {0}}}", "{{? [{0}] : 1}}", "{{'__at__': {0}}}", "{{null: {0}}}",
    "{{birth_date: {{a: {{b: {0}}}}}}}", "19/87/54321 {0}", "{0}-05-04", "true{0}", "'{0}' '{0}'",
]  # fmt: skip


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return packaged()


def all_that_is_told(error: BaseException) -> str:
    """The error as a tool would print it, with those that led to it."""
    return "".join(traceback.format_exception(error)) + repr(error.args)


def refusal(read: Callable[[], object]) -> InputError | None:
    """How an input is refused, if it is."""
    try:
        read()
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("name", ["dossier.yaml", "dossier.json"])
@pytest.mark.parametrize("place", PLACES)
def test_a_personal_value_is_never_repeated(place: str, name: str) -> None:
    """However badly it is written, and whatever stands after it."""
    texts = [HEAD + PLACES[place].format(form.format(SECRET)) + after
             for form in WRITTEN for after in ("", "  x: y: z\n", "oublié\n")]  # fmt: skip
    refused = [error for text in texts if (error := refusal(partial(read_dossier_text, text, name))) is not None]
    assert len(refused) > 2 * len(WRITTEN)
    assert not [error.problems for error in refused if SECRET in all_that_is_told(error)]
    assert all(problem.origin is not None for error in refused for problem in error.problems)


@pytest.mark.parametrize("place", PLACES)
def test_a_change_that_is_refused_does_not_repeat_the_value(place: str) -> None:
    values = (SECRET, f"{SECRET}.001", f"-{SECRET}", f"[{SECRET}", f"{{{SECRET}: a}}", f"{SECRET}-05-04")
    found = [refusal(partial(apply_changes, Dossier(), {place: value})) for value in values]
    refused = [error for error in found if error is not None]
    assert len(refused) >= 3
    assert not [error.problems for error in refused if SECRET in all_that_is_told(error)]


def test_what_a_plan_cannot_be_built_from_is_told_without_the_person(rulebook: Rulebook) -> None:
    holder = {"birth_date": "1987-05-04", "disability": "boe", "allowance": {"daily": "28.58"}}
    for parts in (
        {}, {"as_of": "1789-07-14"}, {"as_of": "2017-03-01", "answers": {"nobody.knows": "x"}},
        {"as_of": "2017-03-01", "training": {"costs": {"teaching": "10"}}, "answers": {"holder.rsa": "peut-être"}},
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            build_plan(Dossier.model_validate({"holder": holder, **parts}), rulebook)
        for value in ("1987", "boe", "28.58", "2858"):
            assert value not in all_that_is_told(caught.value)


def test_every_personal_fact_is_known_to_the_reader() -> None:
    """The vocabulary says which facts are personal; the reader must hide each, or a part that holds it."""
    of_the_dossier = [fact.name for fact in BUILT_IN.values() if fact.personal and fact.name != "holder.age"]
    assert len(of_the_dossier) >= 6
    assert not [name for name in of_the_dossier if not PERSONAL & set(name.split("."))]
    hidden = {name for name in BUILT_IN if PERSONAL & set(name.split("."))}
    assert hidden <= {fact.name for fact in BUILT_IN.values() if fact.personal}


def test_nothing_is_printed_nor_logged(
    rulebook: Rulebook, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.NOTSET)
    before = set(logging.root.manager.loggerDict)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for dossier in dossiers():
            assert plan_text(build_plan(dossier, rulebook), rulebook)
        find_remedies(dossiers()[1], rulebook, build_plan(dossiers()[1], rulebook))
        for form in WRITTEN:
            text = HEAD + PLACES["holder.birth_date"].format(form.format(SECRET))
            with pytest.raises(InputError):
                read_dossier_text(text)
    assert (capfd.readouterr(), caplog.records, warned) == (("", ""), [], [])
    assert not [name for name in set(logging.root.manager.loggerDict) - before if name.startswith("cpf_funding")]


SPEAKING: dict[str, Callable[[ast.AST], bool]] = {
    "print": lambda node: isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print",
    "logging": lambda node: isinstance(node, ast.Import) and any(name.name == "logging" for name in node.names),
    "from logging": lambda node: isinstance(node, ast.ImportFrom) and node.module == "logging",
    "sys.stdout or sys.stderr": lambda node: isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr"),
    "warnings.warn": lambda node: isinstance(node, ast.Attribute) and node.attr == "warn",
}


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(SOURCE.rglob("*.py")) if path.name != "cli.py" and path.parent.name != "commands"],
    ids=lambda path: str(path.relative_to(SOURCE)),
)
def test_only_the_script_speaks(path: Path) -> None:
    """The library returns and raises; what is shown, and where, is for the tool that calls it to choose."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    assert not [what for what, says in SPEAKING.items() if any(map(says, nodes))]
