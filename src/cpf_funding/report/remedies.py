"""What would clear each cause, in plain French text: the changes, who can act, and the plan that was rebuilt."""

from __future__ import annotations

from collections.abc import Iterator

from cpf_funding.engine.plan import FundingPlan, Remedy
from cpf_funding.language.words import day_in_french
from cpf_funding.report.page import Line, Page, detail, item
from cpf_funding.report.wording import change_words, money, presumed_words
from cpf_funding.rulebook.book import Rulebook

__all__ = ["remedies_text"]


def remedies_text(plan: FundingPlan, rulebook: Rulebook, width: int = 100) -> str:
    """The remedies as text of at most `width` columns, at least 40; `plan` comes from `find_remedies`."""
    page = Page(max(40, width))
    name = f" {plan.dossier}" if plan.dossier else ""
    page.write(f"Remèdes pour le plan{name}, au {day_in_french(plan.as_of)}")
    page.blank()
    reserve = ", sous réserve de ce qui est à confirmer" if plan.unfunded_worst else ""
    page.write(
        f"Plan complet{reserve}."
        if plan.complete
        else f"Il manque {money(plan.unfunded)} sur {money(plan.cost_total)}."
    )
    raised = [cause for cause in plan.causes if cause.state == "raised"]
    if not raised:
        page.write("Aucune cause de blocage n'est établie : rien à lever.")
    for cause in raised:
        page.section(cause.label, _remedies(cause.remedies, rulebook))
    return page.text()


def _remedies(remedies: tuple[Remedy, ...], rulebook: Rulebook) -> Iterator[Line]:
    if not remedies:
        yield item("Aucun des leviers connus ne lève cette cause dans ses bornes.")
    for place, remedy in enumerate(remedies, 1):
        yield item(remedy.label, f"{place}. ")
        for path, value in remedy.changes.items():
            yield detail(f"{change_words(path, value, rulebook)}.")
        left = "Plan complet" if remedy.completes else f"Il resterait {money(remedy.unfunded)} à trouver"
        worst = remedy.unfunded_worst
        doubt = f" (au pire, {money(worst)} à trouver)" if worst is not None and worst > remedy.unfunded else ""
        yield detail(f"{left}{doubt} ; la personne paie {money(remedy.holder_pays)}.")
        presumed = presumed_words(remedy, rulebook)
        if presumed is not None:
            yield detail(f"{presumed}.")
        if remedy.who:
            yield detail(f"Qui peut agir : {', '.join(remedy.who)}.")
