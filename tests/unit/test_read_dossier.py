"""Reading a dossier: every mistake at its line with an advice, and a dossier written is read back the same."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cpf_funding.dossier import Cpf, Delay, Dossier, Holder, Local, Means, Opinion, Project, Training
from cpf_funding.errors import InputError, LimitError
from cpf_funding.reading.dossiers import cross_problems, read_dossier, read_dossier_text, write_dossier_yaml
from cpf_funding.reading.strict import DOSSIER_MAX_BYTES

BAD = sorted((Path(__file__).parent.parent / "bad_dossiers").glob("*.yaml"))
SCHEMA = "schema: cpf-funding/dossier/1\n"
FULL = """\
schema: cpf-funding/dossier/1
id: demo-1
as_of: 2017-03-01
holder:
  status: job_seeker
  registered: true
  birth_date: 1978-05-04
  region: "01"
  qualification: 3
  contract: {kind: cdi, seniority_months: 30, naf: "78.20Z"}
  allowance: {kind: are, daily: "28.58", ends: 2017-12-31}
cpf: {account_open: true, hours: 120, balance: 1500.5, consent: {given: true, proof: signed_letter, on: 2017-02-20}}
training:
  title: "Titre professionnel : « assistant » — \\u00e9t\\u00e9"
  certification: {rncp: "RNCP37488", rs: null, cpf_codes: ["12345", "0800"]}
  provider:
  start: 2017-06-05
  end: 2018-02-23
  hours: {total: 900, centre: 760, company: 140}
  costs: {teaching: "5400.00", registration: "0"}
project: {validated: no, opinions: [{aid: agefiph.training, favourable: false, reason: "- non, # pas", on: 2017-02-10}]}
local:
  envelopes: {ft.aif: {state: open, left: "12000.00", on: 2017-03-01}, region.75.aif: {}}
  delays: {ft.aif: {least: 5, usual: 15, most: 40}}
  already_asked: [{aid: cpf}]
means: {holder_can_pay: "300.00", employer: "0"}
answers: {course.quotes: 3, holder.rsa: true, employer.code: "01", not_known: }
overrides: [{aid: ft.aif, decision: bar, reason: "null"}]
"""


def problems_of(text: str | bytes, name: str = "dossier") -> list[str]:
    with pytest.raises(InputError) as caught:
        read_dossier_text(text, name)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_one_mistake_gives_its_line_and_an_advice(path: Path) -> None:
    first = path.read_bytes().split(b"\n", 1)[0].decode("utf-8")
    line, message, advice = first.removeprefix("# attendu: ").split(" | ")
    with pytest.raises(InputError) as caught:
        read_dossier(path)
    (problem,) = caught.value.problems
    assert problem.origin is not None
    assert (problem.origin.file, problem.origin.line) == (str(path), int(line))
    assert message in problem.message
    assert advice in problem.advice


def test_there_are_enough_bad_dossiers() -> None:
    assert len(BAD) >= 30


def test_a_full_dossier_is_typed() -> None:
    dossier = read_dossier_text(FULL)
    assert dossier.as_of == date(2017, 3, 1)
    assert dossier.cpf.balance == 150_050
    assert dossier.cpf.hours == 12_000
    assert dossier.holder.region == "01"
    assert dossier.project.validated is False
    assert dossier.training.provider.name is None
    assert dossier.at is not None
    assert dossier.local.envelopes["ft.aif"].at is not None
    assert set(dossier.local.envelopes) == {"ft.aif", "region.75.aif"}
    assert set(dossier.answers) == {"course.quotes", "holder.rsa", "employer.code"}


def test_json_gives_the_same_dossier_and_lines() -> None:
    data = {
        "schema": "cpf-funding/dossier/1", "as_of": "2017-03-01", "holder": {"region": "75", "registered": True},
        "cpf": {"balance": 1500, "hours": 12.5}, "training": {"title": "Été \ud83d\ude00 a/b", "provider": None},
    }  # fmt: skip
    text = json.dumps(data, indent=2).replace("/", "\\/")
    dossier = read_dossier_text(text, "d.json")
    assert dossier.training.title == "Été \U0001f600 a/b"
    assert (dossier.cpf.balance, dossier.cpf.hours) == (150_000, 1_250)
    assert read_dossier_text(text, "d").model_dump() == dossier.model_dump()
    assert problems_of(text.replace('"75"', "75"), "d.json") == [
        'd.json:5:15 : holder.region : un code s\'écrit entre guillemets → écrivez "75"'
    ]


def test_all_the_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    text = """\
holder: {status: job_seker, region: 75}
id: a
id: b
training:
  strat: 2017-06-05
  hours: {total: 10, centre: 20}
  costs: {teaching: "1,5"}
project: {opinions: [{ad: ft.aif, favourable: true}]}
"""
    assert [problem.split(" : ")[0] for problem in problems_of(text)] == [
        "dossier:1:1", "dossier:1:18", "dossier:1:37", "dossier:3:1", "dossier:5:3", "dossier:6:18", "dossier:7:21",
        "dossier:8:23",
    ]  # fmt: skip


def test_the_typo_of_the_handbook() -> None:
    (problem,) = problems_of(SCHEMA + "training:\n  strat: 2017-06-05\n", "d.yaml")
    assert problem == (
        "d.yaml:3:3 : training : clé inconnue « strat » ; vouliez-vous dire « start » ? → écrivez « start: » à la place"
    )


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("holder: {birth_date: 04/05/1978}", "1978"),
        ("holder: {birth_date: 2978-05-04}", "2978"),
        ("holder: {birth_date: [1978-05-04]}", "1978"),
        ("as_of: 2017-03-01\nholder: {birth_date: 2018-05-04}", "2018"),
        ("holder: {disability: RQTH}", "RQTH"),
        ("holder: {disability: pendin}", "« pendin »"),
        ("holder: {allowance: RSA}", "RSA"),
        ("holder: {allowance: {kind: aspx}}", "« aspx »"),
        ("holder: {allowance: {daily: '28,58'}}", "28"),
        ("holder: {allowance: {daily: 99999999}}", "9999"),
        ("holder: {allowance: {daily 28.58}}", "28.58"),
        ("holder: {allowance: {ends: 31/12/2017}}", "31"),
        ("means: {holder_can_pay: 77 €}", "77"),
        ("means: {holder_can_pay: -77}", "77"),
    ],
)
def test_a_personal_value_is_never_repeated(line: str, secret: str) -> None:
    (problem,) = problems_of(SCHEMA + line)
    assert secret not in problem


def test_cross_checks_serve_dossiers_built_in_python() -> None:
    dossier = Dossier(
        as_of=date(2017, 3, 1),
        holder=Holder(birth_date=date(1880, 1, 1)),
        cpf=Cpf(balance=Decimal("10000000.01")),
        training=Training(start=date(2017, 6, 5), end=date(2017, 6, 4)),
        project=Project(opinions=(Opinion(aid="cpf", favourable=True, on=date(1989, 12, 31)),)),
        local=Local(delays={"cpf": Delay(least=3, most=2)}),
        answers={"a": {}},
    )
    assert [path for path, _, _ in cross_problems(dossier)] == [
        ("holder", "birth_date"), ("cpf", "balance"), ("project", "opinions", 0, "on"), ("training", "end"),
        ("local", "delays", "cpf"), ("answers", "a"),
    ]  # fmt: skip


def test_values_on_the_bounds_are_accepted() -> None:
    dossier = read_dossier_text(
        SCHEMA + 'as_of: 1990-01-01\nholder: {birth_date: 1900-01-01}\ncpf: {balance: "10000000.00"}\n'
        "training: {start: 2100-12-31, end: 2100-12-31, hours: {total: 3, centre: 1, company: 2}}\n"
    )
    assert cross_problems(dossier) == []


def test_a_dossier_written_is_read_back_the_same() -> None:
    dossier = read_dossier_text(FULL)
    text = write_dossier_yaml(dossier)
    again = read_dossier_text(text)
    assert again.model_dump() == dossier.model_dump()
    assert write_dossier_yaml(again) == text
    for written in ('region: "01"', 'balance: "1500.50"', 'daily: "28.58"', '- "0800"', "region.75.aif: {}"):
        assert written in text
    assert "__at__" not in text


def test_an_empty_dossier_is_one_line() -> None:
    assert write_dossier_yaml(Dossier()) == SCHEMA
    assert write_dossier_yaml(Dossier(means=Means(), answers={"a": True, "b": date(2017, 3, 1)})) == (
        SCHEMA + "answers:\n  a: true\n  b: 2017-03-01\n"
    )


def test_a_dossier_beyond_the_size_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(SCHEMA.encode() + b"#" * DOSSIER_MAX_BYTES)
    with pytest.raises(LimitError, match="1000 ko"):
        read_dossier(path)


def test_a_file_one_may_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match="n'est pas permise → demandez le droit"):
        read_dossier("d.yaml")


def test_a_file_that_cannot_be_read_is_told_with_an_advice(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "absent.yaml", "n'existe pas"), (tmp_path, "pas un fichier"), ("a\0b", "ne peut pas être lu"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message) as caught:
            read_dossier(path)
        assert caught.value.problems[0].advice
