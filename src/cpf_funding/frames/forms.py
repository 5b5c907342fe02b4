"""What an amount or a condition looks at in the plan, and in which form."""

from __future__ import annotations

from cpf_funding.language import tree

__all__ = ["counted_inside", "joins", "looks_further"]


def counted_inside(node: tree.Node) -> bool | None:
    """Whether a ceiling counts what others pay inside it; `None` for a form of amount about which nothing is said."""
    if isinstance(node, tree.Difference):
        base, less = node.difference
        plain = not any(isinstance(part, tree.PLAN_NODES) for part in tree.walk(base))
        return False if not _sees_plan(node) else True if plain and _paid_or_not(less) else None
    if isinstance(node, tree.LeastOf):
        parts = [counted_inside(part) for part in node.least_of]
    elif isinstance(node, tree.Choose):
        if any(isinstance(part, tree.Remaining | tree.PaidBy) for each in node.choose for part in tree.walk(each.when)):
            return None
        parts = [counted_inside(part) for part in (*(each.then for each in node.choose), node.otherwise)]
    elif isinstance(node, tree.Share):
        parts = [False if not _sees_plan(node.share) else None, counted_inside(node.of)]
        parts = [None if parts[1] else parts[1], parts[0]]
    elif isinstance(node, tree.Remaining | tree.PaidBy):
        return False
    else:
        return None if _sees_plan(node) else False
    return None if None in parts else any(parts)


def _paid_or_not(node: tree.Node) -> bool:
    """Whether an amount is what others pay, or one that no plan changes, as facts decide."""
    if isinstance(node, tree.Choose):
        told = not any(_sees_plan(each.when) or joins(each.when) for each in node.choose)
        return told and all(map(_paid_or_not, (*(each.then for each in node.choose), node.otherwise)))
    return isinstance(node, tree.PaidBy) or not any(isinstance(part, tree.PLAN_NODES) for part in tree.walk(node))


def _sees_plan(node: tree.Node) -> bool:
    return any(isinstance(part, tree.Remaining | tree.PaidBy) for part in tree.walk(node))


def joins(node: tree.Node) -> bool:
    """Whether it looks at the presence of other aids."""
    return any(isinstance(part, tree.JoinedBy) for part in tree.walk(node))


def looks_further(node: tree.Node | None) -> bool:
    """Whether a condition looks at what others pay or leave, beyond their presence."""
    return node is not None and any(isinstance(part, tree.Remaining | tree.PaidBy) for part in tree.walk(node))
