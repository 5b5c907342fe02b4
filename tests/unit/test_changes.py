from __future__ import annotations

from datetime import date

import pytest

from cpf_funding.dossier import Dossier
from cpf_funding.errors import InputError
from cpf_funding.reading.changes import amount_at, apply_changes, written

DOSSIER = Dossier.model_validate(
    {
        "as_of": "2017-03-01",
        "cpf": {"hours": "120"},
        "training": {"start": "2017-06-05", "costs": {"teaching": "5400.00"}},
        "project": {"opinions": [{"aid": "a", "favourable": True}, {"aid": "b", "favourable": False}]},
        "local": {"envelopes": {"ft.aif": {"state": "exhausted", "left": "0"}}},
    }
)


def test_fields_take_values_written_as_in_a_dossier() -> None:
    changed = apply_changes(
        DOSSIER, {"training.start": "2017-09-04", "training.costs.teaching": "4800", "project.validated": "true"}
    )
    assert changed.training.start == date(2017, 9, 4)
    assert changed.training.costs.teaching == 480_000
    assert changed.project.validated is True
    assert changed.cpf == DOSSIER.cpf


def test_the_dossier_itself_is_not_changed() -> None:
    apply_changes(DOSSIER, {"local.envelopes.ft.aif.state": "open"})
    assert DOSSIER.local.envelopes["ft.aif"].state == "exhausted"


def test_names_that_hold_dots_are_found() -> None:
    changed = apply_changes(
        DOSSIER,
        {"local.envelopes.ft.aif.state": "open", "local.envelopes.ft.aif.left": "null",
         "answers.course.alternating": "true", "local.delays.ft.aif": "{least: 5, usual: 10}"},
    )  # fmt: skip
    assert (changed.local.envelopes["ft.aif"].state, changed.local.envelopes["ft.aif"].left) == ("open", None)
    assert changed.local.delays["ft.aif"].usual == 10
    assert changed.answers == {"course.alternating": "true"}


def test_lists_count_from_one() -> None:
    changed = apply_changes(DOSSIER, {"project.opinions[2].favourable": "true"})
    assert [opinion.favourable for opinion in changed.project.opinions] == [True, True]
    assert [opinion.favourable for opinion in DOSSIER.project.opinions] == [True, False]


def test_a_field_can_become_unknown() -> None:
    assert apply_changes(DOSSIER, {"cpf.hours": "null"}).cpf.hours is None


def test_codes_need_no_second_pair_of_quotes() -> None:
    assert apply_changes(DOSSIER, {"holder.region": "01"}).holder.region == "01"
    changed = apply_changes(DOSSIER, {"training.certification.cpf_codes": '["12345"]'})
    assert changed.training.certification.cpf_codes == ("12345",)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("training.strat", "2017-09-04", "vouliez-vous dire « start »"),
        ("trainin.start", "2017-09-04", "vouliez-vous dire « training »"),
        ("training.start", "04/09/2017", "écrivez 2017-09-04"),
        ("training.start.day", "4", "n'a pas de partie « day »"),
        ("training.end", "2017-01-01", "précède le début"),
        ("project.opinions[3].favourable", "true", "n'a que 2 éléments"),
        ("project.opinions[1]", "{}", "ne se remplace pas en bloc"),
        ("local.envelopes.ft.aif.state", "opn", "« opn » ne fait pas partie"),
    ],
)
def test_what_a_dossier_cannot_have_is_refused(path: str, value: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        apply_changes(DOSSIER, {path: value})


def test_no_message_repeats_a_personal_value() -> None:
    with pytest.raises(InputError) as caught:
        apply_changes(DOSSIER, {"holder.birth_date": "12/07/1978"})
    assert "1978" not in str(caught.value)


def test_numbers_are_read_and_written_in_the_steps_of_their_field() -> None:
    assert amount_at(DOSSIER, "cpf.hours") == 12_000
    assert amount_at(DOSSIER, "cpf.balance") is None
    assert written("training.costs.teaching", 480_050) == "4800.50"
    assert written("project.pmsmp_days", 12) == "12"


@pytest.mark.parametrize("path", ["training.start", "project.validated", "training", "training.cost.teaching"])
def test_what_is_not_a_number_has_no_amount(path: str) -> None:
    with pytest.raises(ValueError, match="n'est pas un nombre"):
        amount_at(DOSSIER, path)
