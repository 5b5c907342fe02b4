"""A rule as French sentences, made from its syntax tree: what is read is what is computed.

Words come from the names of the rulebook (facts, parameters, lists, aids, causes). With a day, each dated value is
given with the value of that day; without one, only by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from cpf_funding.facts import Kind, parse_value
from cpf_funding.language import tree
from cpf_funding.language.conditions import TESTS
from cpf_funding.language.settle import settle_condition
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Parameter, Setting, State
from cpf_funding.language.words import Labelled, Names, aid_name, enumerate_in_french, show
from cpf_funding.money import Rounding
from cpf_funding.truth import Truth

__all__ = ["RuleNames", "Renderer", "Sentence", "value_of_setting"]


class RuleNames(Names, Protocol):
    """What things are called, the causes included; a `Rulebook` is one."""

    @property
    def causes(self) -> Mapping[str, Labelled]:
        """The refusal causes."""
        ...


class Sentence(NamedTuple):
    """A sentence, and the sentences it introduces."""

    text: str
    children: tuple[Sentence, ...] = ()

    def lines(self, indent: int = 0) -> Iterator[str]:
        """The sentence on a line, those it introduces below it, each a step further in."""
        yield "  " * indent + self.text
        for child in self.children:
            yield from child.lines(indent + 1)

    def prefixed(self, words: str) -> Sentence:
        """The same sentence after some words."""
        return Sentence(words + self.text, self.children)


_OPPOSITE = {
    "is": "is_not", "in": "is_not", "at_least": "below", "at_most": "above", "above": "at_most", "below": "at_least",
    "before": "at_least", "after": "at_most", "between": "outside",
}  # fmt: skip
_NUMBER_WORDS = {
    "at_least": "au moins {}", "at_most": "au plus {}", "above": "plus de {}", "below": "moins de {}",
    "after": "plus de {}", "before": "moins de {}", "between": "de {} à {}", "outside": "moins de {} ou plus de {}",
}  # fmt: skip
_DAY_WORDS = {
    "at_least": "à partir du {}", "at_most": "jusqu'au {}", "above": "après le {}", "after": "après le {}",
    "below": "avant le {}", "before": "avant le {}", "between": "du {} au {}", "outside": "avant le {} ou après le {}",
}  # fmt: skip
_ROUNDED = {Rounding.DOWN: "", Rounding.UP: ", arrondi au centième supérieur",
            Rounding.HALF_UP: ", arrondi au centième le plus proche"}  # fmt: skip


def value_of_setting(setting: Setting) -> str:
    """The value of a setting, or why there is none."""
    if setting.state is State.ENDED:
        return "n'existe plus"
    if setting.value is None:
        return "inconnu"
    announced = " (annoncé)" if setting.state is State.ANNOUNCED else ""
    return show(setting.value, setting.unit) + announced


@dataclass(slots=True)
class Renderer:
    """Says the conditions and amounts of one aid. `cited` lists the parameters named so far, in order."""

    names: RuleNames
    aid: str
    day: date | None = None
    cited: dict[str, None] = field(default_factory=dict)

    # Conditions

    def condition(self, node: tree.Node, negated: bool = False) -> Sentence:
        """A condition; a negation is carried down to the conditions it holds (De Morgan)."""
        said = self._condition(node, negated)
        cause = getattr(node, "cause", None)
        if cause is None:
            return said
        label = self.names.causes[cause].label if cause in self.names.causes else cause
        head = said.text.removesuffix(" :")
        return Sentence(f"{head} — sinon « {label} »{' :' if said.children else ''}", said.children)

    def _condition(self, node: tree.Node, negated: bool) -> Sentence:
        if isinstance(node, tree.AllOf):
            return self._group(node.all, not negated, negated)
        if isinstance(node, tree.AnyOf):
            return self._implication(node) if not negated else self._group(node.any, True, negated)
        if isinstance(node, tree.Not):
            return self.condition(node.not_, not negated)
        if isinstance(node, tree.FirstKnown):
            return self._first_known(node, negated)
        return Sentence(_LEAVES[type(node)](self, node, negated))

    def _first_known(self, node: tree.FirstKnown, negated: bool) -> Sentence:
        default = settle_condition(node.first_known[-1], lambda _: None)
        if not isinstance(default, Truth):
            members = tuple(self.condition(child, negated) for child in node.first_known)
            return Sentence("la première de ces réponses qui est connue :", members)
        kept = tuple(self.condition(child, negated) for child in node.first_known[:-1])
        answer = "oui" if (default is Truth.YES) is not negated else "non"
        if len(kept) == 1 and not kept[0].children:
            return Sentence(f"{kept[0].text} (sans réponse : {answer})")
        return Sentence(f"la première de ces réponses qui est connue, {answer} si aucune ne l'est :", kept)

    def _group(self, nodes: tuple[tree.Node, ...], every: bool, negated: bool) -> Sentence:
        if len(nodes) == 1:
            return self.condition(nodes[0], negated)
        head = "toutes ces conditions :" if every else "l'une de ces conditions :"
        return Sentence(head, tuple(self.condition(child, negated) for child in nodes))

    def _implication(self, node: tree.AnyOf) -> Sentence:
        """`any: [not: A, B]` is how a rule writes: when A, then B."""
        premises = [child.not_ for child in node.any if isinstance(child, tree.Not) and child.cause is None]
        others = tuple(child for child in node.any if not isinstance(child, tree.Not) or child.cause is not None)
        if not premises or not others:
            return self._group(node.any, False, False)
        when = " et ".join(_flat(self.condition(premise)) for premise in premises)
        then = self._group(others, False, False)
        if _flat(then) == when:  # A or not A: only a fact that is not known leaves it undecided
            return Sentence(f"il faut savoir s'il en est ainsi : {when}")
        return then.prefixed(f"si {when} → ")

    def _compare(self, node: tree.Compare, negated: bool) -> str:
        fact = self.names.facts.get(node.fact)
        kind, choices = (fact.kind, fact.choices) if fact is not None else ("text", {})
        return f"{fact.label if fact else node.fact} : {self._required(node, kind, choices, negated)}"

    def _compare_amount(self, node: tree.CompareAmount, negated: bool) -> str:
        return f"{self.inline(node.amount)} : {self._required(node, self._unit(node.amount), {}, negated)}"

    def _required(self, node: tree.Comparison, kind: Kind, choices: Mapping[str, str], negated: bool) -> str:
        operator = _OPPOSITE[node.operator] if negated else node.operator
        if kind == "truth":
            return "oui" if (node.operands[0] == "true") is not negated else "non"
        if kind is Unit.YES_NO and not any(isinstance(operand, tree.Node) for operand in node.operands):
            limits = tuple(parse_value(kind, operand) for operand in node.operands)
            return "oui" if TESTS[node.operator](1, limits) is not negated else "non"
        bounds = [self._operand(operand, kind, choices) for operand in node.operands]
        if operator in ("is", "in"):
            return enumerate_in_french(bounds)
        if operator == "is_not":
            return f"autre chose que {enumerate_in_french(bounds)}"
        return (_DAY_WORDS if kind == "date" else _NUMBER_WORDS)[operator].format(*bounds)

    def _operand(self, operand: Any, kind: Kind, choices: Mapping[str, str]) -> str:
        if isinstance(operand, tree.Node):
            return self.inline(operand)
        return show(parse_value(kind, operand), kind, choices)

    def _listed(self, node: tree.Listed, negated: bool) -> str:
        label = self.names.lists[node.list].label if node.list in self.names.lists else node.list
        return f"certification {'absente de' if negated else 'inscrite sur'} la liste « {label} »"

    def _envelope_is_open(self, node: tree.EnvelopeIsOpen, negated: bool) -> str:
        return f"enveloppe {aid_name(node.envelope, self.names)} {'épuisée' if negated else 'ouverte'}"

    def _joined_by(self, node: tree.JoinedBy, negated: bool) -> str:
        others = enumerate_in_french(aid_name(id, self.names) for id in node.joined_by)
        least = "" if node.at_least is None else f", pour au moins {self._operand(node.at_least, Unit.EUR, {})}"
        return f"{'aucun' if negated else 'un'} financement par {others} dans le même plan{least}"

    # Amounts

    def amount(self, node: tree.Node) -> Sentence:
        """The computation of an amount, one operation by level."""
        if isinstance(node, tree.LeastOf):
            return Sentence("le plus petit de :", tuple(self.amount(each) for each in node.least_of))
        if isinstance(node, tree.MostOf):
            return Sentence("le plus grand de :", tuple(self.amount(each) for each in node.most_of))
        if isinstance(node, tree.Sum) and not all(map(_is_simple, node.sum)):
            return Sentence("la somme de :", tuple(self.amount(each) for each in node.sum))
        if isinstance(node, tree.Difference) and not all(map(_is_simple, node.difference)):
            base, less = (self.amount(each) for each in node.difference)
            return Sentence("la différence, jamais négative, de :", (base, less.prefixed("moins ")))
        if isinstance(node, tree.Product) and not all(map(_is_simple, node.product)):
            left, right = (self.amount(each) for each in node.product)
            return Sentence(f"le produit{_ROUNDED[node.rounding]} de :", (left, right.prefixed("par ")))
        if isinstance(node, tree.Share) and not _is_simple(node.of):
            return Sentence(f"{self.inline(node.share)}{_ROUNDED[node.rounding]} de :", (self.amount(node.of),))
        if isinstance(node, tree.Choose):
            return self._choose(node)
        if isinstance(node, tree.Scale):
            return self._scale(node)
        return Sentence(self.inline(node))

    def _choose(self, node: tree.Choose) -> Sentence:
        branches: list[Sentence] = []
        for branch in node.choose:
            when, then = self.condition(branch.when), self.amount(branch.then)
            branches.append(Sentence(f"si {when.text}", (*when.children, then.prefixed("alors "))))
        return Sentence("selon le cas :", (*branches, self.amount(node.otherwise).prefixed("sinon ")))

    def _scale(self, node: tree.Scale) -> Sentence:
        unit, base = self._unit(node.scale), self.inline(node.scale)
        slices = tuple(
            Sentence(
                ("au-delà" if each.up_to is None else f"jusqu'à {show(parse_value(unit, each.up_to), unit)}")
                + f" : {show(parse_value(Unit.PERCENT, each.percent), Unit.PERCENT)}"
            )
            for each in node.brackets
        )
        return Sentence(f"barème par tranches sur {base}{_ROUNDED[node.rounding]} :", slices)

    def inline(self, node: tree.Node) -> str:
        """An amount on one line."""
        said: str = _INLINE[type(node)](self, node)
        return said

    def _several(self, nodes: tuple[tree.Node, ...]) -> str:
        return " ; ".join(self.inline(each) for each in nodes)

    def _between(self, sign: str, nodes: tuple[tree.Node, ...]) -> str:
        return sign.join(self.inline(each) if _is_simple(each) else f"({self.inline(each)})" for each in nodes)

    def _parameter(self, node: tree.ParameterRef) -> str:
        parameter = self.parameter(node)
        if parameter is None:
            return f"« {node.parameter} »"
        self.cited[parameter.name] = None
        if self.day is None:
            return f"« {parameter.label} »"
        if parameter.by is not None:
            fact = self.names.facts.get(parameter.by)
            return f"« {parameter.label} » (selon {fact.label if fact else parameter.by})"
        # On the clock of the course, the day asked for stands for the first day of the course.
        return f"{value_of_setting(parameter.at(self.day))} (« {parameter.label} »)"

    def parameter(self, node: tree.ParameterRef) -> Parameter | None:
        """The parameter that a rule of this aid names."""
        return self.names.parameters.get(node.parameter if "." in node.parameter else f"{self.aid}.{node.parameter}")

    def _fact(self, node: tree.FactRef) -> str:
        fact = self.names.facts.get(node.fact)
        return fact.label if fact is not None else node.fact

    def _remaining(self, node: tree.Remaining) -> str:
        lines = (self.names.facts[f"training.costs.{line}"].label for line in node.remaining)
        return f"reste à payer ({enumerate_in_french(lines, 'et')})"

    def _paid_by(self, node: tree.PaidBy) -> str:
        return f"part payée par {enumerate_in_french((aid_name(id, self.names) for id in node.paid_by), 'et')}"

    def _choose_inline(self, node: tree.Choose) -> str:
        parts = [f"si {_flat(self.condition(branch.when))}, {self.inline(branch.then)}" for branch in node.choose]
        return f"({' ; '.join(parts)} ; sinon {self.inline(node.otherwise)})"

    def _unit(self, node: tree.Node) -> Unit:
        if isinstance(node, tree.ParameterRef):
            parameter = self.parameter(node)
            return parameter.unit if parameter is not None else Unit.EUR
        if isinstance(node, tree.FactRef):
            fact = self.names.facts.get(node.fact)
            return fact.kind if fact is not None and isinstance(fact.kind, Unit) else Unit.EUR
        if isinstance(node, tree.Quantity):
            return node.unit
        for inner in (child for child in _children(node) if not isinstance(child, tree.Choice)):
            unit = self._unit(inner)
            if unit is not Unit.PERCENT:
                return unit
        return Unit.EUR


def _children(node: tree.Node) -> Iterator[tree.Node]:
    for name in type(node).model_fields:
        value = getattr(node, name)
        yield from (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, tree.Node))


def _flat(sentence: Sentence) -> str:
    inner = " ; ".join(map(_flat, sentence.children))
    return f"{sentence.text} [{inner}]" if inner else sentence.text


def _is_simple(node: tree.Node) -> bool:
    return not isinstance(node, tree.LeastOf | tree.MostOf | tree.Choose | tree.Scale | tree.Sum | tree.Difference)


_LEAVES: dict[type[tree.Node], Callable[[Renderer, Any, bool], str]] = {
    tree.Compare: Renderer._compare, tree.CompareAmount: Renderer._compare_amount, tree.Listed: Renderer._listed,
    tree.EnvelopeIsOpen: Renderer._envelope_is_open, tree.JoinedBy: Renderer._joined_by,
}  # fmt: skip
_INLINE: dict[type[tree.Node], Callable[[Renderer, Any], str]] = {
    tree.ParameterRef: Renderer._parameter,
    tree.FactRef: Renderer._fact,
    tree.Quantity: lambda self, node: show(parse_value(node.unit, node.value), node.unit),
    tree.LeastOf: lambda self, node: f"le plus petit de ({self._several(node.least_of)})",
    tree.MostOf: lambda self, node: f"le plus grand de ({self._several(node.most_of)})",
    tree.Sum: lambda self, node: self._between(" + ", node.sum),
    tree.Difference: lambda self, node: f"{self._between(' − ', node.difference)} (jamais moins que zéro)",
    tree.Product: lambda self, node: self._between(" × ", node.product) + _ROUNDED[node.rounding],
    tree.Share: lambda self, node: self._between(" de ", (node.share, node.of)) + _ROUNDED[node.rounding],
    tree.Scale: lambda self, node: _flat(self._scale(node)),
    tree.Remaining: Renderer._remaining,
    tree.EnvelopeLeft: lambda self, node: f"reste de l'enveloppe {aid_name(node.envelope, self.names)}",
    tree.PaidBy: Renderer._paid_by,
    tree.Choose: Renderer._choose_inline,
}
