"""An aid in French, on a day or over all time: what `show`, `diff` and the pages of the rulebook are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpf_funding.errors import Origin
from cpf_funding.language import tree
from cpf_funding.language.render import Renderer, Sentence
from cpf_funding.language.settle import ValueOf, settle_amount, settle_condition
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Setting, State
from cpf_funding.language.words import aid_name, day_in_french, enumerate_in_french
from cpf_funding.rulebook.book import Aid, AidPeriod, Rulebook
from cpf_funding.truth import Truth

__all__ = ["Part", "Portrait", "STATES", "named_values", "period_text", "place", "portrait", "value_period"]

STATES = {"open": "ouverte", "suspended": "suspendue", "announced": "annoncée", "unknown": "existence non établie"}
_KINDS = {
    "right": "droit de la personne", "aid": "aide accordée par le financeur",
    "mandatory": "contribution obligatoire de la personne", "own_money": "apport, compté quand son montant est connu",
}  # fmt: skip
_FILED_BY = {
    "holder": "la personne", "employer": "l'employeur", "provider": "l'organisme de formation",
    "counsellor": "le conseiller",
}  # fmt: skip
_SILENCE = {"accepted": "le silence vaut accord", "refused": "le silence vaut refus"}
_TITLES = {
    "scope": "Pour qui", "eligibility": "Conditions", "firm_when": "Ferme seulement si", "amount": "Montant",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rule: its title, its sentences, and the same without any value (what tells two rules apart)."""

    title: str
    sentences: tuple[Sentence, ...]
    bare: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """An aid, said part by part; `cited` are the parameters that its sentences name, in order."""

    id: str
    label: str
    identity: tuple[str, ...]
    parts: tuple[Part, ...]
    cited: tuple[str, ...]


def portrait(book: Rulebook, aid: Aid, day: date | None = None) -> Portrait:
    """Say an aid. With a day, values are those of the day, and branches that the day excludes are left out."""
    said, bare = Renderer(book, aid.id, day), Renderer(book, aid.id)
    parts = [_part(aid, name, said, bare) for name in _TITLES]
    relations = _relations(aid, book)
    parts.append(Part("Avec les autres aides", relations, relations))
    parts.append(Part("Démarche", _procedure(aid, said, book), _procedure(aid, bare, book)))
    return Portrait(
        aid.id, aid.label, _identity(aid, book), tuple(part for part in parts if part.sentences), tuple(said.cited)
    )


def _identity(aid: Aid, book: Rulebook) -> tuple[str, ...]:
    lines = enumerate_in_french((book.facts[f"training.costs.{line}"].label for line in aid.covers), "et")
    funder = book.funders[aid.shape.funder].label
    return (
        f"nom : {aid.label}", f"financeur : {funder}", f"nature : {_KINDS[aid.kind]}",
        f"rang de mobilisation : {aid.rank}", f"paie : {lines}",
    )  # fmt: skip


def _part(aid: Aid, name: str, said: Renderer, bare: Renderer) -> Part:
    node: tree.Node | None = getattr(aid.shape, name)
    if node is None:
        return Part(_TITLES[name], (), ())
    if name == "amount":
        settled = settle_amount(node, _value_of(said))
        return Part(_TITLES[name], (said.amount(settled),), (bare.amount(settled),))
    left = settle_condition(node, _value_of(said)) if said.day is not None else node
    if isinstance(left, Truth):
        always = () if left is Truth.YES else (Sentence("personne à cette date"),)
        return Part(_TITLES[name], always, always)
    members = left.all if isinstance(left, tree.AllOf) and left.cause is None else (left,)
    return Part(_TITLES[name], tuple(map(said.condition, members)), tuple(map(bare.condition, members)))


def _value_of(said: Renderer) -> ValueOf:
    """The value of the day for a parameter that is not a table; nothing without a day."""

    def value_of(node: tree.ParameterRef) -> tuple[int, Unit] | None:
        parameter = said.parameter(node)
        if said.day is None or parameter is None or parameter.by is not None:
            return None
        setting = parameter.at(said.day)
        return (setting.value, setting.unit) if setting.state is State.VALID and setting.value is not None else None

    return value_of


# Relations and procedure ------------------------------------------------------------------------


def _relations(aid: Aid, book: Rulebook) -> tuple[Sentence, ...]:
    relations, found = aid.shape.relations, []
    by_others = {other.id for other in book.aids if aid.id in other.excludes}
    excluded = sorted(aid.excludes | by_others)
    for words, ids in (
        ("ne se cumule pas avec", excluded), ("exige dans le même plan l'une de", sorted(aid.needs)),
        ("due dès que paie l'une de", sorted(aid.with_)), ("n'est pas due si paie l'une de", sorted(aid.waived_by)),
    ):  # fmt: skip
        if ids:
            found.append(Sentence(f"{words} :", tuple(Sentence(f"{aid_name(id, book)} ({id})") for id in ids)))
    if relations.own_money == "forbidden":
        found.append(Sentence("tout ou rien : perdue si un euro de ce qu'elle couvre reste à la personne"))
    if found and relations.source is not None:
        found.append(Sentence(f"source : {relations.source}"))
    return tuple(found)


def _procedure(aid: Aid, said: Renderer, book: Rulebook) -> tuple[Sentence, ...]:
    shape, found = aid.shape.procedure, []
    if shape.filed_by is not None:
        found.append(f"demande faite par {_FILED_BY[shape.filed_by]}")
    if shape.notice is not None:
        found.append(f"demande au plus tard {said.inline(shape.notice)} avant le début")
    if aid.after:
        found.append(f"après la réponse de : {', '.join(sorted(aid.after))}")
    if shape.answer is not None:
        bounds = (("au plus tôt", shape.answer.least), ("d'ordinaire", shape.answer.usual),
                  ("au plus tard", shape.answer.most))  # fmt: skip
        found += [f"réponse {words} {said.inline(node)} après la demande" for words, node in bounds if node is not None]
        if shape.answer.silence is not None:
            found.append(_SILENCE[shape.answer.silence])
    if shape.documents:
        found.append("pièces : " + ", ".join(book.documents[id].label for id in shape.documents))
    if found and shape.source is not None:
        found.append(f"source : {shape.source}")
    return tuple(map(Sentence, found))


# Values -----------------------------------------------------------------------------------------


def named_values(book: Rulebook, aid: Aid) -> tuple[str, ...]:
    """Every parameter that a rule names, its own and the shared ones, in order of name."""
    return tuple(sorted(name.removeprefix("parameter:") for name in aid.used if name.startswith("parameter:")))


def period_text(start: date | None, until: date | None) -> str:
    """`depuis le 01/01/2019`, `du 01/01/2015 au 31/12/2018`."""
    if start is None:
        return "à aucune date déclarée"
    if until is None:
        return f"depuis le {day_in_french(start)}"
    if start == until:
        return f"le {day_in_french(start)}"
    return f"du {day_in_french(start)} au {day_in_french(until)}"


def value_period(each: Setting | AidPeriod) -> str:
    """The period of a value or of an aid."""
    return period_text(each.start, each.until)


def place(origin: Origin | None, book: Rulebook) -> str:
    """Where something was written: the file as the rulebook names it, and the line."""
    if origin is None:
        return "règles"
    path = origin.file.replace("\\", "/")
    name = next((name for name in book.files if path == name or path.endswith("/" + name)), path)
    return f"{name}:{origin.line}"
