"""The most that an amount can be, whatever the dossier and the date."""

from __future__ import annotations

from cpf_funding.facts import parse_value
from cpf_funding.language import tree
from cpf_funding.language.values import UNLIMITED
from cpf_funding.rulebook.book import Rulebook

__all__ = ["greatest"]


def greatest(node: tree.Node, book: Rulebook, aid: str) -> int:
    """An upper bound in steps of the unit; `UNLIMITED` when nothing in the rule bounds it."""

    def of(child: tree.Node) -> int:
        return greatest(child, book, aid)

    if isinstance(node, tree.ParameterRef):
        name = node.parameter if "." in node.parameter else f"{aid}.{node.parameter}"
        settings = list(book.parameters[name].settings())
        return max((UNLIMITED if each.value is None else each.value for each in settings), default=0)
    if isinstance(node, tree.Quantity):
        value = parse_value(node.unit, node.value)
        return value if isinstance(value, int) else UNLIMITED
    if isinstance(node, tree.LeastOf):
        return min(map(of, node.least_of))
    if isinstance(node, tree.MostOf):
        return max(map(of, node.most_of))
    if isinstance(node, tree.Sum):
        return max(map(of, node.sum))  # only whether it is zero matters beyond one term
    if isinstance(node, tree.Difference):
        return of(node.difference[0])
    if isinstance(node, tree.Product | tree.Share):
        factors = node.product if isinstance(node, tree.Product) else (node.share, node.of)
        return 0 if 0 in map(of, factors) else UNLIMITED
    if isinstance(node, tree.Choose):
        return max(*(of(branch.then) for branch in node.choose), of(node.otherwise))
    if isinstance(node, tree.Scale):
        return of(node.scale)
    return UNLIMITED
