"""Overlays: what a region or an agency may change, in which order, and that nothing changes unseen."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from cpf_funding.dossier import Delay, Envelope
from cpf_funding.errors import InputError
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook

RULES = Path(__file__).parents[1] / "bad_rules" / "base"
NOTE = "sources: {note-%s: {title: Note, confidence: medium, checked_on: 2017-03-01}}\n"


def overlay(folder: Path, body: str, name: str = "vannes", level: str = "agency") -> Path:
    """An overlay file with its own source, `note-<name>`."""
    path = folder / f"{name}.yaml"
    head = f"schema: cpf-funding/overlay/1\noverlay: {name}\nlevel: {level}\n"
    path.write_text(head + NOTE % name + body, encoding="utf-8")
    return path


def load(*paths: Path) -> Rulebook:
    return load_rulebook(*paths, rules=RULES)


def messages(*paths: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(*paths)
    return [str(problem) for problem in caught.value.problems]


def values(book: Rulebook, name: str, key: str | None, *days: date) -> list[int | None]:
    return [book.parameters[name].at(day, key).value for day in days]


def test_an_envelope_is_known_over_its_period_only(tmp_path: Path) -> None:
    book = load(
        overlay(
            tmp_path,
            "envelopes:\n  agence.aide:\n"
            "    - {from: 2017-03-01, until: 2017-03-31, state: open, left: 12000.50, source: note-vannes}\n"
            "    - {from: 2017-05-01, state: exhausted, source: note-vannes}\n",
        )
    )
    assert book.local.envelopes_on(date(2017, 2, 28)) == {}
    assert book.local.envelopes_on(date(2017, 3, 31)) == {
        "agence.aide": Envelope(state="open", left="12000.50", on=date(2017, 3, 1))  # type: ignore[arg-type]
    }
    assert book.local.envelopes_on(date(2017, 4, 1)) == {}
    assert book.local.envelopes_on(date(2020, 1, 1))["agence.aide"].state == "exhausted"
    found = book.local.envelope("agence.aide", date(2017, 3, 1))
    assert found is not None
    assert found.origin is not None
    assert (Path(found.origin.file).name, found.origin.line) == ("vannes.yaml", 7)
    assert found.sourcing.confidence == "medium"


def test_a_delay_is_given_as_a_dossier_would(tmp_path: Path) -> None:
    book = load(overlay(tmp_path, "delays: {compte: [{from: 2017-01-01, least: 5, most: 40, source: note-vannes}]}\n"))
    assert book.local.delays_on(date(2017, 1, 1)) == {"compte": Delay(least=5, most=40)}
    assert book.local.delays_on(date(2016, 12, 31)) == {}


def test_closing_an_aid_keeps_what_stands_before_and_after(tmp_path: Path) -> None:
    book = load(
        overlay(
            tmp_path,
            "close:\n  agence.aide:\n"
            "    {from: 2019-06-01, until: 2020-02-29, reason: plus de guichet, source: note-vannes}\n",
        )
    )
    periods = [(p.state, p.start, p.until) for p in book.aid("agence.aide").in_force]
    assert periods == [
        ("open", date(2015, 1, 1), date(2019, 5, 31)),
        ("suspended", date(2019, 6, 1), date(2020, 2, 29)),
        ("open", date(2020, 3, 1), None),
    ]
    closed = book.aid("agence.aide").period(date(2020, 1, 1))
    assert closed is not None
    assert closed.reason == "fermée par « vannes » : plus de guichet"
    assert closed.origin is not None
    assert Path(closed.origin.file).name == "vannes.yaml"


def test_a_value_is_replaced_over_its_period_for_one_key(tmp_path: Path) -> None:
    book = load(
        overlay(
            tmp_path,
            'values:\n  - {parameter: agence.aide.ceiling, for: "53", from: 2017-01-01, until: 2017-12-31, '
            "replaces: 3000, value: 3500, source: note-vannes}\n",
        )
    )
    days = date(2016, 12, 31), date(2017, 1, 1), date(2017, 12, 31), date(2018, 1, 1)
    assert values(book, "agence.aide.ceiling", "53", *days) == [300000, 350000, 350000, 300000]
    assert values(book, "agence.aide.ceiling", "75", *days) == [300000] * 4
    setting = book.parameters["agence.aide.ceiling"].at(date(2017, 6, 1), "53")
    assert setting.origin is not None
    assert (Path(setting.origin.file).name, setting.origin.line) == ("vannes.yaml", 6)


def test_a_key_served_by_the_star_keeps_its_other_dates(tmp_path: Path) -> None:
    book = load(
        overlay(
            tmp_path,
            'values:\n  - {parameter: agence.aide.ceiling, for: "93", from: 2017-01-01, until: 2017-12-31, '
            "replaces: 2000, value: 2500, source: note-vannes}\n",
        )
    )
    days = date(2016, 12, 31), date(2017, 6, 1), date(2018, 1, 1)
    assert values(book, "agence.aide.ceiling", "93", *days) == [200000, 250000, 200000]
    assert values(book, "agence.aide.ceiling", "11", *days) == [200000] * 3


def test_what_nobody_knew_can_be_told(tmp_path: Path) -> None:
    text = (
        "values:\n  - {parameter: commun.taux, from: 2010-01-01, until: 2014-12-31, "
        "replaces: unknown, value: 8, source: note-vannes}\n"
    )
    book = load(overlay(tmp_path, text))
    assert values(book, "commun.taux", None, date(2014, 1, 1), date(2015, 1, 1)) == [800, 900]


def test_a_condition_is_added_to_those_of_the_rules(tmp_path: Path) -> None:
    book = load(overlay(tmp_path, 'also: {agence.aide: [{fact: training.region, is: "53", cause: public}]}\n'))
    shape = book.aid("agence.aide").shape.eligibility
    own = load().aid("agence.aide").shape.eligibility
    assert shape is not None
    assert shape.all[0] == own  # type: ignore[union-attr]
    assert shape.all[1].fact == "training.region"  # type: ignore[union-attr]
    assert Path(shape.all[1].at.file).name == "vannes.yaml"  # type: ignore[union-attr]


def test_a_certification_is_added_to_a_list(tmp_path: Path) -> None:
    book = load(overlay(tmp_path, 'lists: {titres: {source: note-vannes, entries: [{code: "RNCP7"}]}}\n'))
    assert set(book.lists["titres"].rows) == {"RNCP1", "RNCP7"}


def test_regions_apply_before_agencies_whatever_the_order_given(tmp_path: Path) -> None:
    value = "values:\n  - {{parameter: commun.taux, from: 2017-01-01, replaces: {}, value: {}, source: note-{}}}\n"
    region = overlay(tmp_path, value.format(9, 10, "bretagne"), "bretagne", "region")
    agency = overlay(tmp_path, value.format(10, 11, "vannes"))
    one, other = load(region, agency), load(agency, region)
    assert values(one, "commun.taux", None, date(2017, 1, 1)) == [1100]
    assert values(other, "commun.taux", None, date(2017, 1, 1)) == [1100]
    assert (one.digest, one.files) == (other.digest, other.files)


def test_an_agency_says_what_it_takes_over_from_its_region(tmp_path: Path) -> None:
    body = "envelopes: {{agence.aide: [{{from: 2017-0{}-01, state: {}, {}source: note-{}}}]}}\n"
    region = overlay(tmp_path, body.format(1, "open", "", "bretagne"), "bretagne", "region")
    silent = overlay(tmp_path, body.format(3, "exhausted", "", "vannes"))
    assert any("ajoutez replaces: bretagne" in message for message in messages(region, silent))
    spoken = overlay(tmp_path, body.format(3, "exhausted", "replaces: bretagne, ", "vannes"))
    book = load(region, spoken)
    assert [book.local.envelopes_on(date(2017, month, 1))["agence.aide"].state for month in (1, 2, 3)] == [
        "open", "open", "exhausted",
    ]  # fmt: skip
    assert any("retirez replaces" in message for message in messages(spoken))


@pytest.mark.parametrize(
    "body",
    [
        "envelopes: {{agence.aide: [{{from: 2017-01-01, state: open, source: note-{0}}}]}}\n",
        "delays: {{compte: [{{from: 2017-01-01, usual: 5, source: note-{0}}}]}}\n",
        "close: {{compte: {{from: 2017-01-01, reason: fermeture, source: note-{0}}}}}\n",
        "also: {{compte: [{{fact: project.urgent, is: true}}]}}\n",
        "values: [{{parameter: commun.taux, from: 2017-01-01, replaces: 9, value: 8, source: note-{0}}}]\n",
        'lists: {{titres: {{source: note-{0}, entries: [{{code: "RNCP7"}}]}}}}\n',
        "levers: {{ask: {{kind: opinion, label: x, effort: 1}}}}\ntries: [{{cause: public, levers: [ask]}}]\n",
    ],
)
def test_two_overlays_of_one_level_may_not_touch_the_same_thing(tmp_path: Path, body: str) -> None:
    one = overlay(tmp_path, body.format("vannes"))
    other = overlay(tmp_path, body.format("brest"), "brest")
    told = [message for message in messages(one, other) if "au même niveau (agency)" in message]
    assert len(told) == 1
    assert "gardez l'un des deux" in told[0]
    load(one)


def titles(folder: Path, name: str = "titres", code: str = "RNCP8", source: str = "essai") -> Path:
    path = folder / f"liste-{code}.yaml"
    head = f"list: {name}\nlabel: Titres\ncomplete: true\ncodes: rncp\nsource: {source}\n"
    path.write_text(f'{head}entries: [{{code: "{code}"}}]\n', encoding="utf-8")
    return path


def test_a_list_takes_the_place_of_the_one_of_the_same_name(tmp_path: Path) -> None:
    """Whatever the order of the files; a local file then adds to it, and may declare its source."""
    local = overlay(tmp_path, 'lists: {titres: {source: note-vannes, entries: [{code: "RNCP7"}]}}\n')
    given = titles(tmp_path, source="note-vannes")
    for files in ((given, local), (local, given)):
        book = load(*files)
        assert set(book.lists["titres"].rows) == {"RNCP7", "RNCP8"}
        assert book.lists["titres"].complete
        assert set(book.files) >= {str(given), str(local)}
    assert load(titles(tmp_path, "autres")).lists.keys() == {"titres", "autres"}
    assert load(titles(tmp_path)).digest != load().digest


def test_two_files_of_one_list_are_refused(tmp_path: Path) -> None:
    (told,) = messages(titles(tmp_path), titles(tmp_path, code="RNCP9"))
    assert "la liste « titres » est déjà donnée" in told
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    titles(folder / "lists")
    with pytest.raises(InputError, match=r"la liste « titres » est déjà donnée \(.*→ gardez un seul"):
        load_rulebook(rules=folder)


LEVERS = """
levers:
  shared: {kind: raise, label: Fonds local, effort: 5, path: means.employer, most: 200}
  asked: {kind: fact, label: Demander, effort: 5, also: {project.validated: true}}
tries: [{cause: public, levers: [shared, asked]}]
"""


def levers(book: Rulebook) -> dict[str, str]:
    return {id: lever.shape.label for id, lever in book.levers.items()}


def test_a_lever_is_added_to_the_causes_that_try_it(tmp_path: Path) -> None:
    book = load(overlay(tmp_path, LEVERS))
    assert levers(book) == {"shared": "Fonds local", "asked": "Demander"}
    assert book.causes["public"].levers == ("shared", "asked")
    place = book.levers["shared"].shape.at
    assert place is not None
    assert (Path(place.file).name, place.line) == ("vannes.yaml", 7)
    assert load().causes["public"].levers == ()


def test_an_agency_replaces_and_withdraws_the_levers_of_its_region(tmp_path: Path) -> None:
    region = overlay(tmp_path, LEVERS, "bretagne", "region")
    agency = overlay(
        tmp_path,
        "levers:\n"
        "  shared: {kind: raise, label: Fonds de Vannes, effort: 5, path: means.employer, most: 100}\n"
        "  asked: {kind: withdrawn, reason: personne ne répond}\n",
    )
    for book in (load(region, agency), load(agency, region)):
        assert levers(book) == {"shared": "Fonds de Vannes"}
        assert book.causes["public"].levers == ("shared",)


def test_a_lever_named_by_nobody_or_unknown_is_refused(tmp_path: Path) -> None:
    alone = LEVERS.replace("[shared, asked]", "[asked]")
    told = messages(overlay(tmp_path, alone))
    assert len(told) == 1
    assert "vannes.yaml:7:11 : levier « shared » : aucune cause ne l'essaie" in told[0]
    told = messages(overlay(tmp_path, LEVERS.replace("[shared, asked]", "[shared, asked, share]")))
    assert len(told) == 1
    assert "levier inconnu « share » → vouliez-vous dire « shared » ?" in told[0]


def test_the_digest_covers_overlays(tmp_path: Path) -> None:
    body = "delays: {{compte: [{{from: 2017-01-01, usual: {}, source: note-vannes}}]}}\n"
    digests = {load().digest}
    for days in (5, 6):
        book = load(overlay(tmp_path, body.format(days)))
        digests.add(book.digest)
        assert Path(book.files[-1]).name == "vannes.yaml"
    assert len(digests) == 3


def test_the_same_overlay_is_not_given_twice(tmp_path: Path) -> None:
    one = overlay(tmp_path, "close: {}\n")
    assert any("est donné deux fois" in message for message in messages(one, one))


def test_rules_without_overlays_know_nothing_local() -> None:
    assert load().local.envelopes_on(date(2017, 1, 1)) == {}
    assert load().local.delays_on(date(2017, 1, 1)) == {}
