"""What a compiler of the rule language needs to name things and to report every mistake at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from cpf_funding.errors import Problem
from cpf_funding.facts import Fact, Kind, Value, parse_value
from cpf_funding.language import tree
from cpf_funding.language.context import ConditionFunction, Vocabulary
from cpf_funding.language.lists import EligibilityList
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Parameter

__all__ = ["Checker", "nearest"]


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint on the known name closest to a wrong one, empty when none is close."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"vouliez-vous dire « {close[0]} » ?" if close else ""


_NOT_FACTS = (tree.Listed, tree.EnvelopeIsOpen, tree.EnvelopeLeft, *tree.PLAN_NODES)


@dataclass(slots=True)
class Checker:
    """Resolves the names of one rule and collects its mistakes; after a mistake it goes on with a stand-in."""

    vocabulary: Vocabulary
    aid: str = ""
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    """Everything the rule named: `fact:`, `parameter:`, `list:`, `envelope:`, `aid:` and `cause:` ids."""

    _plan: dict[int, bool] = field(default_factory=dict)

    def looks_at_plan(self, node: tree.Node) -> bool:
        """Whether a condition or an amount depends on the plan being built, and not on the dossier alone."""
        known = self._plan.get(id(node))
        if known is None:
            known = isinstance(node, tree.PLAN_NODES) or any(map(self.looks_at_plan, tree.children(node)))
            self._plan[id(node)] = known
        return known

    def problem(self, node: tree.Node, message: str, advice: str) -> None:
        """Report a mistake at the place where the node was written."""
        self.problems.append(Problem(message, advice, node.at))

    def condition(self, node: tree.Node) -> ConditionFunction:
        """Compile a condition (amounts that choose need it)."""
        from cpf_funding.language.conditions import compile_condition  # the two compilers call each other

        return compile_condition(node, self)

    def fact(self, name: str, node: tree.Node) -> Fact:
        """The fact of this name."""
        self.used.add(f"fact:{name}")
        fact = self.vocabulary.facts.get(name)
        if fact is None:
            hint = nearest(name, self.vocabulary.facts) or "déclarez-le dans rules/facts.yaml ou corrigez son nom"
            self.problem(node, f"fait inconnu « {name} »", hint)
            return Fact(name, Unit.EUR if isinstance(node, tree.FactRef) else "text", name, name)
        return fact

    def parameter(self, node: tree.ParameterRef) -> Parameter:
        """The parameter of this name: the aid's own, or a shared one when the name has a dot."""
        name = self.full_name(node)
        self.used.add(f"parameter:{name}")
        parameter = self.vocabulary.parameters.get(name)
        if parameter is None:
            own = [n.removeprefix(f"{self.aid}.") for n in self.vocabulary.parameters]
            hint = nearest(node.parameter, own) or "déclarez-le sous parameters: de l'aide ou du fichier"
            self.problem(node, f"paramètre inconnu « {node.parameter} »", hint)
            return Parameter.of(name, Unit.EUR, "filing", ())
        return parameter

    def profile(self, node: tree.Node | None) -> tuple[str, ...] | None:
        """The facts that, with the day of filing, decide a condition or an amount; `None` when anything else does."""
        names: set[str] = set()
        for part in tree.walk(node) if node is not None else ():
            if isinstance(part, _NOT_FACTS):
                return None
            if isinstance(part, tree.Compare | tree.FactRef):
                names.add(part.fact)
            if isinstance(part, tree.ParameterRef):
                parameter = self.vocabulary.parameters.get(self.full_name(part))
                if parameter is None or parameter.clock != "filing":
                    return None
                names |= {parameter.by} if parameter.by is not None else set()
        return tuple(sorted(names))

    def small_profile(self, node: tree.Node) -> tuple[str, ...] | None:
        """The profile when it holds words, codes and yes or no only, of which dossiers show few."""
        names = self.profile(node)
        facts = self.vocabulary.facts
        if names is None or any(n not in facts or facts[n].kind not in ("truth", "text", "code") for n in names):
            return None
        return names

    def full_name(self, node: tree.ParameterRef) -> str:
        """The name of a parameter in the rulebook: the aid's own, or a shared one when it has a dot."""
        return node.parameter if "." in node.parameter else f"{self.aid}.{node.parameter}"

    def numeric(self, kind: Kind, node: tree.Node) -> Unit:
        """The unit of a fact used as an amount."""
        if isinstance(kind, Unit):
            return kind
        self.problem(
            node, "ce fait n'est pas un nombre", "un montant se calcule avec des faits chiffrés (heures, euros…)"
        )
        return Unit.EUR

    def same_unit(self, expected: Unit, found: Unit, node: tree.Node) -> None:
        """Two amounts that meet must be of the same unit."""
        if expected is not found:
            self.problem(node, f"unité {found} au lieu de {expected}", f"donnez ici un montant en {expected}")

    def literal(self, unit: Unit, text: str, node: tree.Node) -> int:
        """A number written in the rule, in steps of the unit."""
        value = self.value(unit, text, node)
        return value if isinstance(value, int) else 0

    def value(self, kind: Kind, text: str, node: tree.Node, fact: Fact | None = None) -> Value:
        """A literal read as a value of this kind."""
        try:
            return parse_value(kind, text, fact.choices if fact else None)
        except ValueError as error:
            self.problem(node, f"valeur « {text} » refusée", str(error))
            return 0

    def eligibility_list(self, name: str) -> EligibilityList | None:
        """The list of this name, or `None` when no file was loaded for it (membership is then unknown)."""
        self.used.add(f"list:{name}")
        return self.vocabulary.lists.get(name)

    def cause(self, node: tree.Node, cause: str | None) -> None:
        """A refusal cause must be declared in rules/causes.yaml."""
        if cause is None:
            return
        self.used.add(f"cause:{cause}")
        if cause not in self.vocabulary.causes:
            hint = nearest(cause, self.vocabulary.causes) or "déclarez-la dans rules/causes.yaml"
            self.problem(node, f"cause inconnue « {cause} »", hint)

    def select(self, selectors: tuple[str, ...], node: tree.Node) -> frozenset[str]:
        """The aids that selectors designate; one that designates none is a mistake."""
        found: frozenset[str] = frozenset()
        for selector in selectors:
            self.used.add(f"aid:{selector}")
            aids = self.vocabulary.select(selector)
            if not aids:
                hint = (
                    nearest(selector, self.vocabulary.aids)
                    or "écrivez l'identifiant d'une aide, ou un préfixe suivi de .*"
                )
                self.problem(node, f"aucune aide ne répond à « {selector} »", hint)
            found |= aids
        return found
