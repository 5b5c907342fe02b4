"""The calculation that columns go through, before any table engine is chosen: a graph of integers and booleans.

A node is never null: what is unknown is a boolean of its own. Two equal calculations are one node, what the rules of a
day already settle is folded, and every integer carries its bounds, so that a comparison whose outcome is certain
disappears and a product that could leave 64 bits is refused when it is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import gcd
from typing import Any

from cpf_funding.errors import CpfFundingError
from cpf_funding.language.values import UNLIMITED
from cpf_funding.money import Rounding, divide

__all__ = ["CannotCompileError", "Graph", "Node"]

WIDEST = 2**63 - 1


class CannotCompileError(CpfFundingError):
    """A rule that columns cannot express, by its name; nothing is ever approximated."""

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what} : {why}")

    def __reduce__(self) -> tuple[type[CannotCompileError], tuple[str, str]]:
        return type(self), (self.what, self.why)


class Node:
    """A column being described: an operation on other columns, a column of the table, or a constant.

    `least` and `most` bound an integer; `finite` bounds what it can be when it is not `UNLIMITED`.
    """

    __slots__ = ("args", "finite", "kind", "least", "most", "op", "rank")

    def __init__(self, rank: int, kind: str, op: str, args: tuple[Any, ...], bounds: tuple[int, int, int]) -> None:
        self.rank, self.kind, self.op, self.args = rank, kind, op, args
        self.least, self.most, self.finite = bounds

    @property
    def parts(self) -> tuple[Node, ...]:
        """The nodes it is made of."""
        return tuple(arg for arg in self.args if isinstance(arg, Node))

    @property
    def constant(self) -> int | None:
        """The value of a constant; `None` for a column."""
        return self.args[0] if self.op == "constant" else None

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(str, self.args))})"


_BOOLEAN = (0, 1, 1)


class Graph:
    """Makes nodes, simplifying as it goes; the same operation on the same columns is made once.

    `settled` gives what some text columns hold in every row, `None` where they are null; `consulted` says which of
    them were looked at.
    """

    def __init__(self, settled: Mapping[str, str | None] | None = None) -> None:
        self._settled = dict(settled or {})
        self.consulted: set[str] = set()
        self._made: dict[tuple[Any, ...], Node] = {}
        self.true = self._node("bool", "constant", (1,), (1, 1, 1))
        self.false = self._node("bool", "constant", (0,), (0, 0, 0))
        self.zero = self.number(0)
        self.unlimited = self.number(UNLIMITED)

    def _node(self, kind: str, op: str, args: tuple[Any, ...], bounds: tuple[int, int, int]) -> Node:
        key = (kind, op, *(arg.rank if isinstance(arg, Node) else (type(arg), arg) for arg in args))
        found = self._made.get(key)
        if found is None:
            if bounds[0] < -WIDEST or bounds[1] > WIDEST:
                raise CannotCompileError(op, "le calcul peut dépasser ce que 64 bits contiennent")
            found = self._made[key] = Node(len(self._made), kind, op, args, bounds)
        return found

    # Columns of the table and constants ---------------------------------------------------------

    def number(self, value: int) -> Node:
        """A constant integer."""
        return self._node("int", "constant", (value,), (value, value, value if value < UNLIMITED else 0))

    def truth(self, value: bool) -> Node:
        """A constant boolean."""
        return self.true if value else self.false

    def known(self, column: str) -> Node:
        """Whether a column of the table is not null."""
        if self._is_settled(column):
            return self.truth(self._settled[column] is not None)
        return self._node("bool", "known", (column,), _BOOLEAN)

    def _is_settled(self, column: str) -> bool:
        if column not in self._settled:
            return False
        self.consulted.add(column)
        return True

    def integer(self, column: str, least: int, most: int) -> Node:
        """An integer column of the table; zero where it is null."""
        return self._node("int", "integer", (column,), (min(0, least), most, most))

    def outside(self, column: str, least: int, most: int) -> Node:
        """Whether a number is out of bounds; false where it is null."""
        return self._node("bool", "outside", (column, least, most), _BOOLEAN)

    def flag(self, column: str) -> Node:
        """A boolean column of the table; false where it is null."""
        return self._node("bool", "flag", (column,), _BOOLEAN)

    def text_is(self, column: str, values: Iterable[str]) -> Node:
        """Whether a text column is one of these values; false where it is null."""
        texts = tuple(sorted(set(values)))
        if self._is_settled(column):
            return self.truth(self._settled[column] in texts)
        return self.any(self._node("bool", "text_is", (column, text), _BOOLEAN) for text in texts) if len(
            texts
        ) <= 8 else self._node("bool", "text_in", (column, texts), _BOOLEAN)  # fmt: skip

    def text_holds(self, column: str, value: str) -> Node:
        """Whether a text column that holds several codes, each between two `;`, holds this one."""
        return self._node("bool", "text_holds", (column, value), _BOOLEAN)

    def part(self, column: str, part: str, moment: str = "") -> Node:
        """The year, month or day of a date column, the days of its month (`length`) or since 1970; zero where null.

        `moment` moves it first: `after` to the day after, `before` to the last day of the month before that day.
        """
        least, most = {"days": (-719_163, 2_932_897), "year": (0, 10_000), "month": (0, 12)}.get(part, (0, 31))
        return self._node("int", part, (column, moment), (least, most, most))

    # Booleans -----------------------------------------------------------------------------------

    def not_(self, one: Node) -> Node:
        """Negation."""
        if one.constant is not None:
            return self.truth(not one.constant)
        if one.op == "not":
            return one.parts[0]
        return self._node("bool", "not", (one,), _BOOLEAN)

    def all(self, nodes: Iterable[Node]) -> Node:
        """Conjunction; true when empty."""
        return self._gather("all", nodes, self.false, self.true)

    def any(self, nodes: Iterable[Node]) -> Node:
        """Disjunction; false when empty."""
        return self._gather("any", nodes, self.true, self.false)

    def _gather(self, op: str, nodes: Iterable[Node], absorbing: Node, neutral: Node) -> Node:
        found: dict[int, Node] = {}
        for node in nodes:
            for one in node.parts if node.op == op else (node,):
                if one is absorbing:
                    return absorbing
                if one is not neutral:
                    found[one.rank] = one
        if any(one.op == "not" and one.args[0].rank in found for one in found.values()):
            return absorbing
        if len(found) <= 1:
            return next(iter(found.values()), neutral)
        return self._node("bool", op, tuple(found[rank] for rank in sorted(found)), _BOOLEAN)

    def less(self, left: Node, right: Node) -> Node:
        """Whether the first integer is strictly below the second."""
        if left.most < right.least:
            return self.true
        if left.least >= right.most or left is right:
            return self.false
        split = self._split(left, right, self.less)
        return split or self._node("bool", "less", (left, right), _BOOLEAN)

    def at_most(self, left: Node, right: Node) -> Node:
        """Whether the first integer is at most the second."""
        return self.not_(self.less(right, left))

    def equal(self, left: Node, right: Node) -> Node:
        """Whether two integers are equal."""
        if left is right:
            return self.true
        if left.most < right.least or right.most < left.least:
            return self.false
        if left.least == left.most == right.least == right.most:
            return self.true
        if left.rank > right.rank:
            left, right = right, left
        split = self._split(left, right, self.equal)
        return split or self._node("bool", "equal", (left, right), _BOOLEAN)

    def _split(self, left: Node, right: Node, compare: Callable[[Node, Node], Node]) -> Node | None:
        """A comparison with a constant goes inside a choice when that settles one of its branches."""
        for one, other, swapped in ((left, right, False), (right, left, True)):
            if one.op != "choose" or other.constant is None:
                continue
            when, then, otherwise = one.parts
            if then.constant is None and otherwise.constant is None and then.op != "choose" != otherwise.op:
                continue
            first, second = (compare(other, x) if swapped else compare(x, other) for x in (then, otherwise))
            return self.choose(when, first, second)
        return None

    # Integers -----------------------------------------------------------------------------------

    def choose(self, when: Node, then: Node, otherwise: Node) -> Node:
        """The second where the first holds, else the third; both of the same kind."""
        if when.constant is not None:
            return then if when.constant else otherwise
        if then is otherwise:
            return then
        if when.op == "not":
            when, then, otherwise = when.parts[0], otherwise, then
        if then.op == "choose" and then.args[0] is when:
            then = then.parts[1]
        if otherwise.op == "choose" and otherwise.args[0] is when:
            otherwise = otherwise.parts[2]
        if then is otherwise:
            return then
        if then.kind == "bool":
            return self.any((self.all((when, then)), self.all((self.not_(when), otherwise))))
        bounds = (min(then.least, otherwise.least), max(then.most, otherwise.most), max(then.finite, otherwise.finite))
        return self._node("int", "choose", (when, then, otherwise), bounds)

    def sum(self, nodes: Iterable[Node]) -> Node:
        """Addition; zero when empty."""
        constant, found = 0, list[Node]()
        for node in nodes:
            for one in node.parts if node.op == "sum" else (node,):
                if one.constant is not None:
                    constant += one.constant
                else:
                    found.append(one)
        found.sort(key=lambda one: one.rank)
        if not found:
            return self.number(constant)
        if constant:
            found.append(self.number(constant))
        if len(found) == 1:
            return found[0]
        bounds = sum(o.least for o in found), sum(o.most for o in found), sum(o.finite for o in found)
        return self._node("int", "sum", tuple(found), bounds)

    def minus(self, left: Node, right: Node, least: int | None = None) -> Node:
        """Subtraction; `least` bounds the result where more is known of it than the bounds of both."""
        if left is right:
            return self.zero
        if right.constant == 0:
            return left
        if left.constant is not None and right.constant is not None:
            return self.number(left.constant - right.constant)
        low = left.least - right.most
        bounds = low if least is None else max(low, least), left.most - right.least, left.finite - right.least
        return self._node("int", "minus", (left, right), bounds)

    def least(self, nodes: Iterable[Node]) -> Node:
        """The smallest of several integers."""
        return self._extreme("least", nodes)

    def most(self, nodes: Iterable[Node]) -> Node:
        """The largest of several integers."""
        return self._extreme("most", nodes)

    def _extreme(self, op: str, nodes: Iterable[Node]) -> Node:
        found = {one.rank: one for node in nodes for one in (node.parts if node.op == op else (node,))}
        kept = list(found.values())
        if op == "least":
            kept = [one for one in kept if not (one.op == "sum" and _holds_another(one, found))]
            bound = min(one.most for one in kept)
            kept = [one for one in kept if one.least < bound or one.most == bound]
            limits = (min(one.least for one in kept), bound, min(bound, max(one.finite for one in kept)))
        else:
            bound = max(one.least for one in kept)
            kept = [one for one in kept if one.most > bound or one.least == bound]
            limits = (bound, max(one.most for one in kept), max(one.finite for one in kept))
        settled = [one for one in kept if one.least == one.most == bound]
        if settled and len(kept) > 1:  # one constant at the bound is enough; it may be all that is left, or too much
            others = [one for one in kept if one not in settled]
            if not others:
                return settled[0]
            reached = any((one.most if op == "least" else one.least) == bound for one in others)
            kept = others if reached else [settled[0], *others]
        if len(kept) == 1:
            return kept[0]
        return self._node("int", op, tuple(sorted(kept, key=lambda one: one.rank)), limits)

    def times(self, left: Node, right: Node, factor: int, divisor: int, rounding: Rounding) -> Node:
        """A product of two integers that are not negative, by `factor / divisor`, rounded; `UNLIMITED` absorbs."""
        shared = gcd(factor, divisor)
        factor, divisor = factor // shared, divisor // shared
        for one, other in ((left, right), (right, left)):
            if one.constant == 0:
                return self.zero
            if other.constant is not None and one.op == "choose":
                when, then, otherwise = one.parts
                if then.constant is not None or otherwise.constant is not None:
                    branches = (self.times(x, other, factor, divisor, rounding) for x in (then, otherwise))
                    return self.choose(when, *branches)
        if left.constant is not None and right.constant is not None:
            return self.number(_times(left.constant, right.constant, factor, divisor, rounding))
        if right.constant is not None:
            left, right = right, left
        if left.constant is not None and left.constant < UNLIMITED:
            factor, left = factor * left.constant, self.number(1)
            shared = gcd(factor, divisor)
            factor, divisor = factor // shared, divisor // shared
            if (factor, divisor) == (1, 1):
                return right
        elif left.rank > right.rank:
            left, right = right, left
        endless = self.any(self.at_most(self.unlimited, one) for one in (left, right))
        some = self.all(self.less(self.zero, one) for one in (left, right))
        kept = [one if one.most == one.finite else self.least((one, self.number(one.finite))) for one in (left, right)]
        top = kept[0].most * kept[1].most * factor
        if 2 * top + divisor > WIDEST:
            raise CannotCompileError("produit", f"il peut dépasser 64 bits ({left!r} par {right!r})")
        factors = tuple(one for one in kept if one.constant != 1)
        exact = self._node("int", "product", (*factors, factor), (0, top, top))
        found = self.quotient(exact, divisor, rounding)
        return self.choose(endless, self.choose(some, self.unlimited, self.zero), found)

    def quotient(self, one: Node, divisor: int, rounding: Rounding) -> Node:
        """An integer that is not negative divided by a constant, rounded as named."""
        if divisor == 1:
            return one
        if one.constant is not None:
            return self.number(divide(one.constant, divisor, rounding))
        if rounding is Rounding.UP:
            one = self.sum((one, self.number(divisor - 1)))
        elif rounding is Rounding.HALF_UP:
            one, divisor = self.sum((self.sum((one, one)), self.number(divisor))), 2 * divisor
        bounds = one.least // divisor, one.most // divisor, one.finite // divisor
        return self._node("int", "floor", (one, self.number(divisor)), bounds)

    def ratio(self, one: Node, other: Node) -> Node:
        """The whole part of a quotient of two integers, the second positive wherever the result is looked at."""
        safe = self.most((other, self.number(1)))
        return self._node("int", "floor", (one, safe), (0, one.most, one.finite))

    def slices(self, amount: Node, bounds: list[int], percents: list[int], whole: int, rounding: Rounding) -> Node:
        """A marginal scale: each slice of an amount, up to its bound, at its percentage of `whole`."""
        most = self.number(max(1, amount.finite, *(bound for bound in bounds if bound < UNLIMITED)))
        kept, total = self.least((amount, most)), list[Node]()
        for floor, top, percent in zip([0, *bounds[:-1]], bounds, percents, strict=True):
            inside = self.minus(self.least((kept, self.number(top))), self.number(floor))
            part = self.most((self.zero, inside))
            total.append(self.times(part, self.number(percent), 1, 1, Rounding.DOWN))
        found = self.quotient(self.sum(total), whole, rounding)
        if bounds[-1] >= UNLIMITED and percents[-1]:
            return self.choose(self.at_most(self.unlimited, amount), self.unlimited, found)
        return found

    def map_constants(self, one: Node, change: Callable[[int], Node]) -> Node | None:
        """A function of an integer, when that integer is a choice between constants; `None` otherwise."""
        if one.constant is not None:
            return change(one.constant)
        if one.op != "choose":
            return None
        branches = [self.map_constants(branch, change) for branch in one.parts[1:]]
        if branches[0] is None or branches[1] is None:
            return None
        return self.choose(one.parts[0], branches[0], branches[1])


def _holds_another(total: Node, others: dict[int, Node]) -> bool:
    """Whether a sum adds nothing negative to one of these integers, and so is never below it."""
    parts = total.parts
    return any(
        part.rank in others and all(each.least >= 0 for each in parts[:place] + parts[place + 1 :])
        for place, part in enumerate(parts)
    )


def _times(left: int, right: int, factor: int, divisor: int, rounding: Rounding) -> int:
    if max(left, right) >= UNLIMITED:
        return UNLIMITED
    return min(UNLIMITED, divide(left * right * factor, divisor, rounding))
