"""What the analysis of a rulebook finds, and the list of what it looks for."""

from __future__ import annotations

from typing import Literal, NamedTuple

from cpf_funding.errors import Origin

__all__ = ["KINDS", "Finding", "Severity"]

Severity = Literal["error", "warning", "info"]

KINDS = {
    "R000": "constat mis en silence qui n'existe plus",
    "R001": "condition qui ne peut jamais être remplie",
    "R002": "condition toujours remplie",
    "R010": "aide exigée et exclue à la fois",
    "R011": "aide qui attend la réponse d'une aide qu'elle exclut",
    "R012": "condition sur une aide exclue du même plan",
    "R013": "paiements comptés d'une aide qui vient après",
    "R014": "exclusion dite deux fois",
    "R020": "valeur non déclarée pendant que l'aide est ouverte",
    "R030": "seuil qu'aucun cas ne franchit",
    "R031": "aide sans cas",
    "R032": "condition que les cas ne montrent pas vraie et fausse",
    "R033": "changement que les cas n'encadrent pas au jour près",
    "R040": "source jamais citée",
    "R041": "pièce jamais demandée",
    "R042": "fait déclaré que rien ne lit",
    "R043": "cause que rien ne lève",
    "R044": "financeur sans aide",
    "R045": "barème que rien ne lit",
    "R046": "liste que rien ne lit",
    "R047": "liste lue dont aucun fichier n'existe",
    "R050": "vérification ancienne",
    "R060": "fait lu que personne ne demande",
    "R070": "aide qui ne peut rien payer",
}
"""Every kind of finding, by its id; an id never changes meaning."""


class Finding(NamedTuple):
    """One doubt: what kind, how grave, on what (`where`, stable from one edition to the next), and what to do."""

    id: str
    severity: Severity
    where: str
    message: str
    advice: str
    origin: Origin | None = None

    def text(self, place: str) -> str:
        """One line, at a place as the caller writes places."""
        return f"{place} : {self.id} {_FRENCH[self.severity]} [{self.where}] {self.message} → {self.advice}"


_FRENCH = {"error": "erreur", "warning": "alerte", "info": "note"}
