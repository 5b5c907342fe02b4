from __future__ import annotations

from pathlib import Path

import pytest

from cpf_funding.engine.history import read_history
from cpf_funding.errors import InputError

HEADER = "aid,filed_on,answered_on\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "historique.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_delays_are_counted_by_aid_and_sorted(tmp_path: Path) -> None:
    text = HEADER + "ft.aif,2017-03-01,2017-03-16\nft.aif,2017-03-01,2017-03-06\ncpf,2017-03-01,2017-03-01\n"
    assert read_history(written(tmp_path, text)) == {"cpf": (0,), "ft.aif": (5, 15)}


def test_a_spreadsheet_in_french_is_read(tmp_path: Path) -> None:
    text = "\ufeff" + (HEADER + "ft.aif,2017-03-01,2017-03-16\n").replace(",", ";")
    assert read_history(written(tmp_path, text)) == {"ft.aif": (15,)}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "les colonnes ne sont pas celles d'un historique → "),
        ("aide,depot,reponse\n", 1, "colonnes"),
        (HEADER + "ft.aif,2017-03-01\n", 2, "2 colonnes au lieu de 3"),
        (HEADER + "autre,2017-03-01,2017-03-02\n", 2, "aide inconnue « autre »"),
        (HEADER + "ft.aif,2017-03-01,\n", 2, "pas encore de réponse"),
        (
            HEADER + "ft.aif,2017-03-01,16/03/2017\n",
            2,
            "une date n'est pas lisible → écrivez les dates sous la forme 2017-03-01",
        ),
        (HEADER + "ft.aif,2017-03-01,2017-02-28\n", 2, "la réponse précède la demande"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_history(path, frozenset({"ft.aif"}))
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert problem.origin is not None
    assert (problem.origin.file, problem.origin.line) == (str(path), line)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_history(written(tmp_path, HEADER + "a\nb\n"))
    assert len(caught.value.problems) == 2


def test_past_two_hundred_mistakes_the_others_are_not_looked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_history(written(tmp_path, HEADER + "a\n" * 201))
    assert len(caught.value.problems) == 200


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "historique.csv"
    path.write_bytes((HEADER + "é,2017-03-01,2017-03-02\n").encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_history(path)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "historique.csv"
    path.write_bytes(HEADER.encode() + "aide,é".encode("latin-1"))
    with pytest.raises(InputError) as caught:
        read_history(path)
    (problem,) = caught.value.problems
    assert (problem.message, problem.advice) == ("le fichier n'est pas en UTF-8", "enregistrez-le en CSV UTF-8")
