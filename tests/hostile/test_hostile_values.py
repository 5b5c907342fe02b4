"""Values made to be misread: numbers, dates and words that look like others; the message of each is shown here."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.readers import AS_DOSSIER, AS_OVERLAY, READERS, refusal

NINES = "9" * 400
RULES = """\
aids:
  - aid: essai.aide
    label: Essai
    funder: agence
    order: {order}
    covers: [{line}]
    in_force: [{{from: {day}, source: essai}}]
    amount: {{{amount}}}
"""
LOCAL = """\
envelopes: {{{aid}: [{{from: {day}, left: {amount}, source: essai}}]}}
delays: {{agence.aide: [{{from: 2017-01-01, usual: {days}, source: essai}}]}}
"""

# One line of a dossier, and the whole message that it gets.
IN_A_DOSSIER: dict[str, str] = {
    f"cpf: {{balance: {NINES}}}": f"cpf.balance : « {NINES[:59]}… » : ce n'est pas un nombre",
    f"cpf: {{balance: 1.{'0' * 400}}}": f"cpf.balance : « 1.{'0' * 57}… » : plus de deux décimales",
    "cpf: {balance: .nan}": "cpf.balance : « .nan » : ce n'est pas un nombre",
    "cpf: {balance: .inf}": "cpf.balance : « .inf » : ce n'est pas un nombre",
    "cpf: {balance: -.inf}": "cpf.balance : « -.inf » : ce n'est pas un nombre",
    "cpf: {balance: nan}": "cpf.balance : « nan » : ce n'est pas un nombre",
    "cpf: {balance: 1e3}": "cpf.balance : « 1e3 » : ce n'est pas un nombre",
    "cpf: {balance: 0x10}": "cpf.balance : « 0x10 » : ce n'est pas un nombre",
    "cpf: {balance: 010}": "cpf.balance : « 010 » : ce n'est pas un nombre",
    "cpf: {balance: 1_000}": "cpf.balance : « 1_000 » : ce n'est pas un nombre",
    "cpf: {balance: +5}": "cpf.balance : « +5 » : ce n'est pas un nombre",
    "cpf: {balance: 12:30}": "cpf.balance : « 12:30 » : ce n'est pas un nombre",
    "cpf: {balance: 1.005}": "cpf.balance : « 1.005 » : plus de deux décimales",
    "cpf: {balance: -0.01}": "cpf.balance : « -0.01 » : un montant ne peut pas être négatif",
    "cpf: {balance: −1}": "cpf.balance : « −1 » : ce n'est pas un nombre",  # the minus of mathematics
    "cpf: {balance: ٣٠}": "cpf.balance : « ٣٠ » : ce n'est pas un nombre",
    "cpf: {balance: ３０}": "cpf.balance : « ３０ » : ce n'est pas un nombre",
    "cpf: {balance: 10000000.01}": "cpf.balance : le montant dépasse 10\u202f000\u202f000\u00a0€",
    "cpf: {hours: -1}": "cpf.hours : un nombre d'heures ne peut pas être négatif",
    "training: {costs: {teaching: -5400}}": "training.costs.teaching : « -5400 » : un montant ne peut pas être négatif",
    f"holder: {{qualification: {NINES}}}": f"holder.qualification : « {NINES[:59]}… » est hors des bornes",
    "holder: {qualification: 0}": "holder.qualification : « 0 » est hors des bornes",
    "holder: {qualification: 3.5}": "holder.qualification : un nombre entier est attendu, et non « 3.5 »",
    "holder: {qualification: .nan}": "holder.qualification : un nombre entier est attendu, et non « .nan »",
    "holder: {qualification: true}": "holder.qualification : un nombre entier est attendu, et non « true »",
    "project: {pmsmp_days: 1e1}": "project.pmsmp_days : un nombre entier est attendu, et non « 1e1 »",
    "project: {pmsmp_days: -1}": "project.pmsmp_days : « -1 » est hors des bornes",
    "training: {start: 0000-01-01}": "training.start : une date est attendue, et non « 0000-01-01 »",
    "training: {start: 0001-01-01}": "training.start : l'année n'est pas comprise entre 1990 et 2100",
    "training: {start: 9999-12-31}": "training.start : l'année n'est pas comprise entre 1990 et 2100",
    "training: {start: 10000-01-01}": "training.start : une date est attendue, et non « 10000-01-01 »",
    "training: {start: -2017-03-01}": "training.start : une date est attendue, et non « -2017-03-01 »",
    "training: {start: 2017-02-29}": "training.start : une date est attendue, et non « 2017-02-29 »",
    "training: {start: 2017-06-31}": "training.start : une date est attendue, et non « 2017-06-31 »",
    "training: {start: 2017-W09-3}": "training.start : une date est attendue, et non « 2017-W09-3 »",
    "training: {start: 20170301}": "training.start : une date est attendue, et non « 20170301 »",
    "training: {start: '1488326400'}": "training.start : une date est attendue, et non « 1488326400 »",
    "training: {start: 2017-03-01T00:00:00}": "training.start : une date est attendue, et non « 2017-03-01T00:00:00 »",
    "training: {start: ٢٠١٧-03-01}": "training.start : une date est attendue, et non « ٢٠١٧-03-01 »",
    "training: {start: .inf}": "training.start : une date est attendue, et non « .inf »",
    "hоlder: {}": "clé inconnue « hоlder » ; vouliez-vous dire « holder » ?",  # Cyrillic o
    "ｈolder: {}": "clé inconnue « ｈolder » ; vouliez-vous dire « holder » ?",  # full width h
    "Holder: {}": "clé inconnue « Holder » ; vouliez-vous dire « holder » ?",
    "holder\u00a0: {}": "clé inconnue « holder » ; vouliez-vous dire « holder » ?",
    "schеma: x": "clé inconnue « schеma » ; vouliez-vous dire « schema » ?",  # Cyrillic e
    "holder: {status: job_sееker}": "holder.status : « job_sееker » ne fait pas partie des valeurs possibles ; "
                                    "vouliez-vous dire « job_seeker » ?",
    "holder: {region: 75}": "holder.region : un code s'écrit entre guillemets",
    "holder: {region: 01}": "holder.region : un code s'écrit entre guillemets",
    "answers: {a: {b: 1}}": "answers.a : une valeur simple est attendue",
    "local: {delays: {cpf: {least: 3, most: 2}}}": "local.delays.cpf : les délais ne sont pas croissants",
    "local: {delays: {cpf: {most: 3651}}}": "local.delays.cpf.most : « 3651 » est hors des bornes",
}  # fmt: skip


@pytest.mark.parametrize("line", IN_A_DOSSIER)
def test_a_value_of_a_dossier(line: str, tmp_path: Path) -> None:
    (problem,) = refusal("dossier", AS_DOSSIER + f"{line}\n".encode(), tmp_path).problems
    assert IN_A_DOSSIER[line] == problem.message
    assert problem.origin is not None
    assert problem.origin.line == 2


def rules(**written: str) -> bytes:
    right = {"order": "30", "line": "teaching", "day": "2015-01-01", "amount": "value: 100, unit: EUR"}
    return RULES.format(**right | written).encode()


def local(**written: str) -> bytes:
    right = {"aid": "agence.aide", "day": "2017-01-01", "amount": "12000", "days": "10"}
    return AS_OVERLAY + LOCAL.format(**right | written).encode()


def test_what_the_others_change_is_right(tmp_path: Path) -> None:
    assert READERS["rules"](rules(), tmp_path)
    assert READERS["overlay"](local(), tmp_path)


IN_RULES: dict[tuple[str, str], str] = {
    ("order", NINES): "aids[1].order : « 9999",
    ("order", "-1"): "aids[1].order : « -1 » est hors des bornes",
    ("order", ".nan"): "aids[1].order : un nombre entier est attendu, et non « .nan »",
    ("line", "tеaching"): "ne fait pas partie des valeurs possibles ; vouliez-vous dire « teaching » ?",
    ("day", "0000-01-01"): "aids[1].in_force[1].from : une date est attendue, et non « 0000-01-01 »",
    ("day", "10000-01-01"): "aids[1].in_force[1].from : une date est attendue, et non « 10000-01-01 »",
    ("day", "2017-02-30"): "aids[1].in_force[1].from : une date est attendue, et non « 2017-02-30 »",
    ("amount", f"value: {NINES}, unit: EUR"): "refusée",
    ("amount", "value: .nan, unit: EUR"): "valeur « .nan » refusée",
    ("amount", "value: 1e3, unit: EUR"): "valeur « 1e3 » refusée",
    ("amount", "value: 1.005, unit: EUR"): "valeur « 1.005 » refusée",
    ("amount", "value: １, unit: EUR"): "valeur « １ » refusée",
    ("amount", "value: 1, unit: ＥUR"): "aids[1].amount.unit : « ＥUR » ne fait pas partie",
    ("amount", "valuе: 1, unit: EUR"): "vouliez-vous dire « value » ?",
    ("amount", "fact: cpf.balancе"): "fait inconnu « cpf.balancе »",
    ("amount", "remaining: []"): "il faut au moins 1 élément",
}
IN_AN_OVERLAY: dict[tuple[str, str], str] = {
    ("aid", "agencе.aide"): "n'est pas un identifiant",
    ("aid", "agence.aidee"): "aucune règle ne lit l'enveloppe « agence.aidee »",
    ("day", "0000-01-01"): "une date est attendue, et non « 0000-01-01 »",
    ("day", "10000-01-01"): "une date est attendue, et non « 10000-01-01 »",
    ("amount", NINES): "ce n'est pas un nombre",
    ("amount", "-1"): "un montant ne peut pas être négatif",
    ("amount", ".nan"): "ce n'est pas un nombre",
    ("days", NINES): "est hors des bornes",
    ("days", "-1"): "est hors des bornes",
    ("days", ".nan"): "un nombre entier est attendu, et non « .nan »",
}


@pytest.mark.parametrize(("place", "value"), IN_RULES)
def test_a_value_of_a_rule(place: str, value: str, tmp_path: Path) -> None:
    error = refusal("rules", rules(**{place: value}), tmp_path)
    assert IN_RULES[place, value] in str(error)
    assert all(problem.origin is not None for problem in error.problems)


@pytest.mark.parametrize(("place", "value"), IN_AN_OVERLAY)
def test_a_value_of_an_overlay(place: str, value: str, tmp_path: Path) -> None:
    assert IN_AN_OVERLAY[place, value] in str(refusal("overlay", local(**{place: value}), tmp_path))


IN_A_HISTORY: dict[str, str] = {
    "": "0 colonnes au lieu de 3",
    "compte": "1 colonnes au lieu de 3",
    "compte,2017-03-01,2017-03-02,x": "4 colonnes au lieu de 3",
    "cоmpte,2017-03-01,2017-03-02": "aide inconnue « cоmpte »",
    "=cmd(),2017-03-01,2017-03-02": "aide inconnue « =cmd() »",
    ",2017-03-01,2017-03-02": "aide inconnue «  »",
    "compte,2017-03-01,": "la demande n'a pas encore de réponse",
    "compte,0000-03-01,2017-03-02": "une date n'est pas lisible",
    "compte,10000-03-01,2017-03-02": "une date n'est pas lisible",
    "compte,２０１７-03-01,2017-03-02": "une date n'est pas lisible",
    "compte, 2017-03-01,2017-03-02": "une date n'est pas lisible",
    "compte,2017-03-02,2017-03-01": "la réponse précède la demande",
    "compte," + NINES + ",2017-03-01": "une date n'est pas lisible",
}


@pytest.mark.parametrize("line", IN_A_HISTORY)
def test_a_line_of_a_history(line: str, tmp_path: Path) -> None:
    (problem,) = refusal("history", f"aid,filed_on,answered_on\n{line}\n".encode(), tmp_path).problems
    assert IN_A_HISTORY[line] == problem.message
    assert problem.origin is not None
    assert problem.origin.line == 2


@pytest.mark.parametrize("text", [b"", b"\n", b"a,b,c\n", b"\xef\xbb\xbf\xef\xbb\xbfaid,filed_on,answered_on\n"])
def test_a_history_without_its_header(text: bytes, tmp_path: Path) -> None:
    (problem,) = refusal("history", text, tmp_path).problems
    assert problem.message == "les colonnes ne sont pas celles d'un historique"
