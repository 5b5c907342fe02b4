"""Vos règles, éprouvées par « pytest » : posez ce fichier dans leur dossier, à côté de sources.yaml."""

from pathlib import Path

from cpf_funding.testing import check_rulebook

RULES = Path(__file__).parent


def test_rules() -> None:
    """Constats, cas, et propriétés des plans autour de chaque seuil."""
    report = check_rulebook(RULES, around=150, generated=20)
    assert report.sound, report.text()
