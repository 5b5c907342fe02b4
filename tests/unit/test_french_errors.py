"""Every error a model may raise comes out in French, at its place, with what to write instead."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictInt, Tag
from pydantic_core.core_schema import ErrorType

from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.facts import BUILT_IN
from cpf_funding.language.tree import AllOf, Condition
from cpf_funding.reading.french import PERSONAL, is_personal, read_model, validate
from cpf_funding.reading.grammar import known_keys
from cpf_funding.reading.places import AT
from cpf_funding.reading.strict import MAX_PROBLEMS, read_text
from cpf_funding.reading.wording import Case, nearest, word
from cpf_funding.rulebook.shapes import AidShape, CausesFile, Entry, FactsFile, RuleFile

AID = """\
aids:
  - aid: ft.aif
    label: AIF
    funder: france_travail
    order: 70
    covers: [teaching]
    in_force: [{from: 2015-02-03, source: s}]
    amount: {remaining: [teaching]}
"""


def problems_of(model: Any, text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        validate(model, read_text(text, "f.yaml"), source_name="f.yaml")
    return caught.value.problems


def one(model: Any, text: str) -> Problem:
    (problem,) = problems_of(model, text)
    return problem


def test_the_example_is_sound() -> None:
    rules = validate(RuleFile, read_text(AID, "f.yaml"), source_name="f.yaml")
    assert rules.aids[0].at == Origin("f.yaml", 2, 5)


@pytest.mark.parametrize(
    ("replaced", "by", "expected"),
    [
        ("label:", "labl:", "f.yaml:3:5 : aids[1] : clé inconnue « labl » ; vouliez-vous dire « label » ? → "
         "écrivez « label: » à la place"),
        ("label: AIF", "note: AIF", "f.yaml:2:5 : aids[1] : il manque la clé « label » → "
         "ajoutez « label: … » à cet endroit"),
        ("label: AIF", "label:", "f.yaml:3:5 : aids[1].label : la clé est vide → complétez-la, ou supprimez la ligne"),
        ("order: 70", "order: tôt", "f.yaml:5:12 : aids[1].order : un nombre entier est attendu, et non « tôt » → "
         "écrivez un nombre entier sans unité, par exemple 3"),
        ("order: 70", "order: 1001", "f.yaml:5:12 : aids[1].order : « 1001 » est hors des bornes → "
         "écrivez un nombre inférieur ou égal à 1000"),
        ("[teaching]\n    in", "teaching\n    in", "f.yaml:6:13 : aids[1].covers : une liste est attendue, et non "
         "« teaching » → écrivez [teaching]"),
        ("[teaching]\n    in", "[]\n    in", "f.yaml:6:5 : aids[1].covers : il faut au moins 1 élément → "
         "complétez la liste, ou supprimez la clé"),
        ("[teaching]\n    in", "[teachin]\n    in", "f.yaml:6:14 : aids[1].covers[1] : « teachin » ne fait pas partie "
         "des valeurs possibles ; vouliez-vous dire « teaching » ? → valeurs possibles : teaching, registration, exam, "
         "equipment, travel, lodging, meals, childcare, compensation"),
        ("2015-02-03", "3/2/2015", "f.yaml:7:23 : aids[1].in_force[1].from : une date est attendue, et non « 3/2/2015 »"
         " → écrivez 2015-02-03"),
        ("from:", "from_:", "f.yaml:7:17 : aids[1].in_force[1] : clé inconnue « from_ » ; vouliez-vous dire « from » ? "
         "→ écrivez « from: » à la place"),
        ("source: s", "source: S 1", "f.yaml:7:43 : aids[1].in_force[1].source : « S 1 » n'est pas un identifiant → "
         "écrivez des minuscules sans accent, des chiffres, « _ », et des points entre les mots (exemple : ft.aif)"),
        ("{remaining: [teaching]}", "{leastof: []}", "f.yaml:8:13 : aids[1].amount : ce n'est pas un montant ; "
         "vouliez-vous dire « least_of » ? → écrivez « least_of: » à la place"),
        ("{remaining: [teaching]}", "12", "f.yaml:8:13 : aids[1].amount : ce n'est pas un montant → "
         "écrivez l'une des clés : parameter, fact, value, least_of, most_of, sum, difference, product, share, scale, "
         "remaining, envelope, paid_by, choose"),
        ("{remaining: [teaching]}", "{product: [{fact: a}]}", "f.yaml:8:14 : aids[1].amount.product : il manque "
         "l'élément n° 2 → complétez la liste"),
        ("{remaining: [teaching]}", "{parameter: {a: 1}}", "f.yaml:8:25 : aids[1].amount.parameter : un texte est "
         "attendu, et non un ensemble de clés → écrivez un texte simple, entre guillemets au besoin"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_aid(replaced: str, by: str, expected: str) -> None:
    assert replaced in AID
    assert str(one(RuleFile, AID.replace(replaced, by, 1))) == expected


@pytest.mark.parametrize(
    ("condition", "column", "message", "advice"),
    [
        ("{fcat: a, is: 1}", 1, "ce n'est pas une condition ; vouliez-vous dire « fact » ?", "écrivez « fact: »"),
        ("texte", 1, "ce n'est pas une condition", "écrivez l'une des clés : all, any, not"),
        ("{fact: a}", 1, "une comparaison et une seule", "gardez une seule comparaison"),
        ("{fact: a, is: 1, at_most: 2}", 1, "une comparaison et une seule", "gardez une seule comparaison"),
        ("{fact: a, at_mots: 1}", 11, "clé inconnue « at_mots » ; vouliez-vous dire « at_most » ?", "« at_most: »"),
        ("{fact: a, is: [1]}", 11, "is : une valeur simple est attendue, et non une liste", "écrivez un texte"),
        ("{fact: a, is: {valu: 1}}", 15, "is : ce n'est pas un montant ; vouliez-vous dire « value » ?", "« value: »"),
        ("{fact: a, is: {value: 1, unit: EURO}}", 32, "is.unit : « EURO » ne fait pas", "valeurs possibles : EUR, h"),
        ("{all: [{any: [{not: {fact: 1, iss: 2}}]}]}", 31, "all[1].any[1].not : clé inconnue « iss »", "« is: »"),
        ("{envelope: ft.aif, is: fermée}", 24, "is : « fermée » n'est pas reconnu", "écrivez « is: open »"),
        ("{list: }", 2, "list : la clé est vide", "complétez-la"),
    ],
)
def test_a_mistake_in_a_condition(condition: str, column: int, message: str, advice: str) -> None:
    problem = one(Condition, condition)
    assert message in problem.message
    assert advice in problem.advice
    assert problem.origin == Origin("f.yaml", 1, column)


@pytest.mark.parametrize(
    ("value", "refused", "message", "advice"),
    [
        ("75", "75", "for : un code s'écrit entre guillemets", 'écrivez "75"'),
        ('["75", 01]', "01]", "for[2] : un code s'écrit entre guillemets", 'écrivez "01"'),
        ("{a: b}", "{a: b}", "for : une valeur simple est attendue, et non un ensemble de clés", "écrivez un texte"),
    ],
)
def test_a_union_gives_one_message(value: str, refused: str, message: str, advice: str) -> None:
    text = f"{{source: s, from: 2018-12-31, for: {value}}}"
    problem = one(Entry, text)
    assert (problem.message, problem.origin) == (message, Origin("f.yaml", 1, text.rindex(refused) + 1))
    assert advice in problem.advice


def test_choices_of_a_union_are_put_together() -> None:
    problem = one(FactsFile, "facts: {a.b: {kind: EURO, label: a, question: b}}")
    assert problem.advice.startswith("valeurs possibles : truth, text, code, date, EUR, h")


def test_a_malformed_key_is_pointed_at() -> None:
    problem = one(CausesFile, "causes:\n  Trop Cher: {label: a, explanation: b, detector: ceilings}\n")
    assert problem.origin == Origin("f.yaml", 2, 3)
    assert problem.message == "causes.Trop Cher : « Trop Cher » n'est pas un identifiant"


def test_a_dict_of_names_does_not_take_the_place_for_an_entry() -> None:
    assert set(validate(CausesFile, read_text("causes: {}", "f")).causes) == set()


def test_content_and_form_come_together(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(AID.replace("label: AIF", "labl: AIF\n    order: *o") + "autre: 1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_model(RuleFile, path)
    assert [problem.origin.line for problem in caught.value.problems if problem.origin] == [3, 4, 6, 10]
    path.write_text(AID, encoding="utf-8")
    assert read_model(RuleFile, path).aids[0].aid == "ft.aif"


def test_data_from_python_has_a_path_and_no_line() -> None:
    with pytest.raises(InputError) as caught:
        validate(RuleFile, {"aids": [{"labl": 1}]})
    assert all(problem.origin is None for problem in caught.value.problems)
    assert any(problem.message.startswith("aids[1] : clé inconnue « labl »") for problem in caught.value.problems)
    with pytest.raises(InputError, match=r"^f\.json:1:1 : un ensemble de clés est attendu, et non « 3 »"):
        validate(RuleFile, 3, source_name="f.json")


def test_past_many_mistakes_the_list_stops() -> None:
    found = problems_of(RuleFile, "".join(f"k{number}: 1\n" for number in range(10_000)))
    assert len(found) == MAX_PROBLEMS + 1
    assert any("ne sont pas montrées" in problem.message for problem in found)


def test_personal_keys_are_those_of_the_vocabulary() -> None:
    written = [fact.name for fact in BUILT_IN.values() if fact.personal and fact.name != "holder.age"]
    assert all(is_personal(tuple(name.split("."))) for name in written)
    assert {step for name in written for step in name.split(".")[:2]} - {"holder", "means"} == PERSONAL


# Every kind ------------------------------------------------------------------------------------

ENGLISH = re.compile(r"\b(should|input|valid|field|value|must|unable|expected|required|the)\b", re.IGNORECASE)


@pytest.mark.parametrize("kind", get_args(ErrorType))
@pytest.mark.parametrize("value", [None, "x", [1], {"a": 1}, 3, date(2017, 3, 1)], ids=repr)
def test_every_kind_of_pydantic_has_french_words(kind: str, value: Any) -> None:
    bounds = {"ge": 1, "gt": 1, "le": 1, "lt": 1, "min_length": 1, "max_length": 2, "expected": "'a' or 'b'"}
    message, advice = word(Case(kind=kind, value=value, step="clé", said="", context=bounds, choices=("a", "b")))
    assert advice
    assert not ENGLISH.search(f"{message} {advice}")


class Strange(BaseModel):
    """Kinds that our formats do not use today: the answer must still be French."""

    model_config = ConfigDict(extra="forbid")
    at: Origin | None = Field(default=None, alias=AT)
    number: StrictInt = 1
    words: Annotated[list[str], Field(max_length=1)] = Field(default_factory=list)
    short: Annotated[str, Field(max_length=2)] = ""
    above: Annotated[int, Field(gt=3, lt=9)] = 4
    many: Annotated[int, Field(multiple_of=5)] = 5


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number: '1'", "un nombre entier est attendu"),
        ("words: [a, b]", "il faut au plus 1 élément"),
        ("short: long", "le texte est trop long"),
        ("above: 3", "est hors des bornes"),
        ("above: 9", "est hors des bornes"),
        ("many: 3", "« 3 » n'est pas accepté ici"),
    ],
)
def test_kinds_that_are_not_used_today(text: str, message: str) -> None:
    assert message in one(Strange, text).message


def test_a_pydantic_discriminator() -> None:
    union = Annotated[Cat | Dog, Field(discriminator="kind")]
    for text in ("kind: bird", "a: 1"):
        problem = one(union, text)
        assert problem.advice
        assert not ENGLISH.search(str(problem))


def test_keys_known_at_a_place() -> None:
    def tag(value: Any) -> str:
        return "@cat"

    union = Annotated[Annotated[Cat, Tag("@cat")] | Annotated[Strange, Tag("@strange")], Discriminator(tag)]
    assert known_keys(union, ("@cat",)) == ["kind"]
    assert known_keys(union, ()) == ["kind", "number", "words", "short", "above", "many"]
    assert known_keys(AidShape, ("eligibility", "@all", "all", 0, "@not", "not", "@all")) == ["cause", "all"]
    assert known_keys(AllOf, ("all", 3, "@joined_by", "at_least", "@amount", "@paid_by")) == ["paid_by"]
    assert known_keys(tuple[Cat, Dog], (1, "kind")) == []


def test_the_nearest_word() -> None:
    assert nearest("strat", ["status", "start"]) == "start"
    assert nearest("euro", ["h", "EUR"]) == "EUR"
    assert nearest("couleur", ["holder", "schema"]) is None
