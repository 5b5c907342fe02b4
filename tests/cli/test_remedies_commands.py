from __future__ import annotations

from pathlib import Path

import click
import pytest

from cpf_funding.commands.remedies import calendar, compare, remedies
from cpf_funding.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
ALL_PAID = str(ROOT / "docs" / "examples" / "01-nouvelle-aquitaine-enveloppe-ouverte.yaml")
TOO_DEAR = str(ROOT / "docs" / "examples" / "06-hauts-de-france-douze-mille-euros.yaml")
TOO_SOON = str(ROOT / "docs" / "examples" / "05-ile-de-france-depart-dans-dix-jours.yaml")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]):
    """Run one command and return what it printed, with plain spaces."""

    def run(command: click.Command, *arguments: str) -> str:
        command.main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ")

    return run


def test_remedies_are_shown_under_each_cause_with_who_can_act(call):
    text = call(remedies, TOO_DEAR)
    assert "COÛT DE LA FORMATION TROP ÉLEVÉ" in text
    assert "1. Négocier le prix" in text
    assert "Qui peut agir : l'organisme de formation, le conseiller." in text


def test_a_plan_without_raised_cause_says_so(call):
    assert "rien à lever" in call(remedies, ALL_PAID)


def test_a_cause_that_no_lever_clears_says_so(call, dossier, rules):
    assert "Aucun des leviers connus" in call(remedies, dossier, "--rules", rules)


def test_what_if_shows_both_plans_line_by_line(call):
    text = call(compare, TOO_DEAR, "--set", "training.costs.teaching=11400")
    assert "Coût pédagogique : 11 400 €" in text
    cost = next(line for line in text.splitlines() if line.startswith("Coût de la formation "))
    assert cost.split("  ")[-1].strip() == "-600,00 €"
    missing = next(line for line in text.splitlines() if line.startswith("Il manque "))
    assert missing.split("  ")[-1].strip() == "-3 100,00 €"
    assert max(map(len, text.splitlines())) <= 100


def test_nothing_changed_is_equal_everywhere(call):
    text = call(compare, TOO_DEAR, "--set", "training.costs.teaching=12000.00")
    rows = [line for line in text.splitlines() if "€" in line and not line.startswith("-")]
    assert rows
    assert all(line.endswith("=") for line in rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("training.strat=2018-11-05", "vouliez-vous dire « start »"),
        ("training.start", "--set"),
        ("=3", "--set"),
        ("training.start=5 novembre", "une date est attendue"),
    ],
)
def test_a_change_that_means_nothing_is_refused(call, change, message):
    with pytest.raises(InputError, match=message):
        call(compare, TOO_DEAR, "--set", change)


def test_a_field_is_changed_once(call):
    with pytest.raises(InputError, match="donné deux fois"):
        call(compare, TOO_DEAR, "--set", "cpf.hours=1", "--set", "cpf.hours=2")


def test_the_calendar_is_written_to_a_new_file(call, tmp_path):
    target = tmp_path / "plan.ics"
    assert call(calendar, TOO_SOON, "--ics", str(target)) == ""
    content = target.read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\r\r\n" not in content
    with pytest.raises(InputError, match="existe déjà"):
        call(calendar, TOO_SOON, "--ics", str(target))
