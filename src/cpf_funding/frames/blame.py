"""Which refusal causes a failed condition raises, as columns: `reasons` and `causes_of` of one dossier, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from cpf_funding.frames.verdicts import AidColumns, Scene
from cpf_funding.language import tree
from cpf_funding.language.columns import PlanColumns, TruthColumns
from cpf_funding.language.columns_graph import Graph, Node

__all__ = ["Blame", "Evaluation", "only"]

Blame = dict[str | None, Node]
"""Where each cause is raised; under `None`, where something failed that carries no cause."""


def only(blame: Blame, cause: str, graph: Graph) -> Node:
    """Where a refusal is due to this cause and to nothing else."""
    others = (node for name, node in blame.items() if name != cause)
    return graph.all((blame.get(cause, graph.false), graph.not_(graph.any(others))))


class Evaluation:
    """The conditions of one aid as they were evaluated: before any plan, or in the plan that is kept."""

    def __init__(self, verdict: AidColumns, scene: Scene, plan: PlanColumns | None = None) -> None:
        self.verdict, self.scene, self.plan, self.graph = verdict, scene, plan, scene.graph

    def truth(self, node: tree.Node) -> TruthColumns:
        """The outcome of a condition."""
        return self.scene.rules.condition(node, self.verdict.id, self.plan)

    def unknown(self, node: tree.Node) -> Node:
        """Where a condition is neither met nor failed."""
        found = self.truth(node)
        return self.graph.not_(self.graph.any((found.yes, found.no)))

    def reasons(self, node: tree.Node, cause: str | None = None) -> Blame:
        """The causes of the smallest parts that explain why a condition fails, where it does."""
        cause = getattr(node, "cause", None) or cause
        if isinstance(node, tree.AllOf):
            return self._union((child, self.reasons(child, cause)) for child in node.all)
        if isinstance(node, tree.AnyOf):
            asked = [child for child in node.any if not isinstance(child, tree.Not)]
            if len(asked) == 1 < len(node.any):
                return self.reasons(asked[0], cause)
        return {cause: self.graph.true} if cause is not None else self.causes(node)

    def causes(self, node: tree.Node) -> Blame:
        """The causes of a failed condition: its own, else those of its failed parts."""
        cause: str | None = getattr(node, "cause", None)
        if cause is not None:
            return {cause: self.graph.true}
        if isinstance(node, tree.AllOf):
            return self._union((child, self.causes(child)) for child in node.all)
        if isinstance(node, tree.AnyOf):
            return self._union((child, self.causes(child)) for child in node.any)
        if isinstance(node, tree.FirstKnown):
            graph = self.graph
            found: Blame = {}
            for child, reached in self.reached(node):
                fails = graph.all((reached, self.truth(child).no))
                found = self._add(found, fails, self.causes(child))
            return found
        return {None: self.graph.true}

    def reached(self, node: tree.FirstKnown) -> Iterator[tuple[tree.Node, Node]]:
        """The parts of a `first_known`, and where each is looked at."""
        reached = self.graph.true
        for child in node.first_known:
            yield child, reached
            reached = self.graph.all((reached, self.unknown(child)))

    def _union(self, parts: Iterator[tuple[tree.Node, Blame]]) -> Blame:
        found: Blame = {}
        for child, blame in parts:
            found = self._add(found, self.truth(child).no, blame)
        return found

    def _add(self, found: Blame, fails: Node, blame: Blame) -> Blame:
        graph = self.graph
        more = {name: graph.all((fails, node)) for name, node in blame.items()}
        return {
            name: graph.any(each[name] for each in (found, more) if name in each)
            for name in (found.keys() | more.keys())
        }

    # What is not known, what is low -------------------------------------------------------------

    def undecided(self, node: tree.Node, cause: str) -> Node:
        """Where a part that raises this cause when it fails is unknown, and so is all that holds it."""
        if getattr(node, "cause", None) == cause:
            return self.unknown(node)
        inside = self.graph.any(
            self.graph.all((reached, self.undecided(child, cause))) for child, reached in self._children(node)
        )
        return self.graph.all((self.unknown(node), inside))

    def low(self, node: tree.Node) -> Node:
        """Where an envelope that a condition looks at is nearly empty."""
        if isinstance(node, tree.EnvelopeIsOpen):
            found = self.scene.envelope(node.envelope)
            return self.graph.all((found.known, found.low))
        return self.graph.any(self.graph.all((reached, self.low(child))) for child, reached in self._children(node))

    def _children(self, node: tree.Node) -> Iterator[tuple[tree.Node, Node]]:
        if isinstance(node, tree.FirstKnown):
            yield from self.reached(node)
        elif isinstance(node, tree.AllOf | tree.AnyOf | tree.Not):
            for child in tree.children(node):
                yield child, self.graph.true
