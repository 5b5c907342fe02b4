"""`rules check`, `show`, `diff` and `doc` as a rule author runs them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cpf_funding.commands import rules
from cpf_funding.errors import InputError

BASE = Path(__file__).parents[1] / "bad_rules" / "base"
SMALL = Path(__file__).parents[1] / "data" / "rules_small"


def run(command: str, *arguments: str, code: int = 0) -> str:
    result: Result = CliRunner().invoke(getattr(rules, command), list(arguments))
    if isinstance(result.exception, InputError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output.replace("\u00a0", " ").replace("\u202f", " ")


def test_check_tells_what_is_doubtful() -> None:
    text = run("check", "--rules", str(BASE), code=2)
    assert "sources.yaml:3 : R040 alerte [source:loi]" in text
    assert "Règles lues sans erreur : 2 aides" in text


def test_check_passes_on_the_packaged_rules() -> None:
    assert "Constats à voir : 0" in run("check")


def test_check_can_be_told_how_old_a_check_may_be() -> None:
    assert "R050" in run("check", "--rules", str(BASE), "--stale-after", "2027-01-01", code=2)
    with pytest.raises(InputError, match="--stale-after : « hier » n'est pas une date"):
        run("check", "--stale-after", "hier")


def test_a_silence_is_shown_with_the_notes(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(BASE, folder)
    kinds = ("R040", "R041", "R042", "R044", "R045", "R046")
    lines = [f'  - {{id: {id}, where: "*", reason: "règles pour essai"}}' for id in kinds]
    (folder / "check.yaml").write_text("silenced:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert "Constats à voir : 0" in run("check", "--rules", str(folder))
    assert "source:loi : R040 mis en silence : règles pour essai" in run("check", "--rules", str(folder), "--notes")


def test_show_says_an_aid_on_a_day() -> None:
    text = run("show", "agence.aide", "--on", "2018-06-01", "--rules", str(BASE))
    assert text.startswith("Aide d'essai [agence.aide], le 01/06/2018\n  ouverte du 01/01/2015 au 31/12/2019 ;")
    assert "demande au plus tard 15 jours (« agence.aide.notice ») avant le début" in text
    assert "région de résidence 53 : 3 000 €, depuis le 01/01/2015 ; source essai" in text
    assert "(national/base.yaml:22)" in text


def test_show_lists_the_aids() -> None:
    assert run("show", "--on", "2018-06-01", "--rules", str(BASE)) == (
        "compte       ouverte  Compte d'essai\nagence.aide  ouverte  Aide d'essai\n"
    )


def test_show_of_an_unknown_aid_gives_the_nearest() -> None:
    with pytest.raises(InputError, match=r"vouliez-vous dire « agence\.aide »"):
        run("show", "agence.aid", "--on", "2018-06-01", "--rules", str(BASE))


def test_show_names_the_file_of_an_overlay(tmp_path: Path) -> None:
    local = tmp_path / "local.yaml"
    local.write_text(
        "schema: cpf-funding/overlay/1\noverlay: essai-local\nlevel: agency\n"
        "envelopes: {agence.aide: [{from: 2018-01-01, state: low, left: 900.50, source: essai}]}\n"
        "delays: {agence.aide: [{from: 2018-01-01, usual: 12, source: essai}]}\n"
        "values:\n  - {parameter: agence.aide.notice, from: 2018-01-01, until: 2018-12-31, replaces: 15, value: 30, "
        "source: essai}\n",
        encoding="utf-8",
    )
    text = run("show", "agence.aide", "--on", "2018-06-01", "--rules", str(BASE), "--overlay", str(local))
    assert (
        f"30 jours, du 01/01/2018 au 31/12/2018 ; source essai, confiance forte, vérifié le 23/11/2026 ({local}:7)"
        in text
    )
    assert f"enveloppe : presque vide, reste 900,50 €, depuis le 01/01/2018 ({local}:4)" in text
    assert f"? / 12 / ? ({local}:5)" in text


def test_diff_of_two_days_and_of_two_folders(tmp_path: Path) -> None:
    text = run("diff", "2018-12-31", "2019-01-01", "--rules", str(BASE))
    assert text == "Aide d'essai [agence.aide]\n  agence.aide.notice : 15 jours → 10 jours (source essai)\n"
    assert run("diff", "2018-12-30", "2018-12-31", "--rules", str(BASE)) == "aucune différence\n"
    other = tmp_path / "rules"
    shutil.copytree(BASE, other)
    changed = (other / "national" / "base.yaml").read_text(encoding="utf-8").replace("value: 2000", "value: 2100")
    (other / "national" / "base.yaml").write_text(changed, encoding="utf-8")
    assert "2 000 € → 2 100 €" in run("diff", str(BASE), str(other))
    assert "2 000 € → 2 100 €" in run("diff", str(BASE), str(other), "--on", "2018-06-01")
    assert run("diff", str(BASE), str(BASE)) == "aucune différence\n"


def test_doc_writes_a_page_for_each_aid(tmp_path: Path) -> None:
    text = run("doc", "-o", str(tmp_path / "pages"), "--rules", str(SMALL))
    pages = sorted(path.relative_to(tmp_path / "pages").as_posix() for path in (tmp_path / "pages").rglob("*.md"))
    assert pages == [
        "aides/agence.aide.md", "aides/compte.md", "aides/fonds.ancien.md", "aides/fonds.complement.md",
        "aides/holder.top_up.md", "coverage.md", "index.md",
    ]  # fmt: skip
    assert text.startswith("7 pages écrites")
    page = (tmp_path / "pages" / "aides" / "agence.aide.md").read_text(encoding="utf-8")
    assert "| 53 | depuis le 01/01/2015 | inconnu : jamais publié |" in page
    assert str(tmp_path) not in page
    before = {path: path.read_bytes() for path in (tmp_path / "pages").rglob("*.md")}
    run("doc", "-o", str(tmp_path / "pages"), "--rules", str(SMALL))
    assert before == {path: path.read_bytes() for path in (tmp_path / "pages").rglob("*.md")}
