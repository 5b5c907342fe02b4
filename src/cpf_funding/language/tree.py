"""The rule language as a closed, typed syntax tree: conditions and amounts.

Every node is immutable data, without Python callables, so that several back ends read the same
tree (one dossier with evidence; columns of dossiers; French sentences). A YAML mapping becomes the
node whose key it holds: `{all: [...]}`, `{fact: training.months, at_most: "12"}`, `{least_of: [...]}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from cpf_funding.errors import Origin
from cpf_funding.language.units import Unit
from cpf_funding.money import Rounding

__all__ = [
    "AllOf", "Amount", "AnyOf", "Choice", "Choose", "Compare", "CompareAmount", "Comparison", "Condition",
    "Difference", "EnvelopeIsOpen", "EnvelopeLeft", "FactRef", "FirstKnown", "JoinedBy", "LeastOf", "Line", "Listed",
    "MostOf", "Node", "Not", "Operand", "PLAN_NODES", "PaidBy", "ParameterRef", "Product", "Quantity", "Remaining",
    "Scalar", "Scale", "Share", "Sum", "children", "walk",
]  # fmt: skip

Line = Literal[
    "teaching", "registration", "exam", "equipment", "travel", "lodging", "meals", "childcare", "compensation"
]


class Node(BaseModel):
    """Anything written in a rule file; `at` is where it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    at: SkipJsonSchema[Origin | None] = Field(default=None, alias="__at__", exclude=True, repr=False)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value  # the reader's own text class is kept: it remembers whether quotes were written
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    raise PydanticCustomError("scalar", "une valeur simple est attendue (texte, nombre, date, true ou false)")


Scalar = Annotated[str, PlainValidator(_scalar), WithJsonSchema({"type": ["string", "integer", "number", "boolean"]})]
"""A literal as written; its meaning is settled by the fact or unit it is compared with."""


# Amounts ---------------------------------------------------------------------------------------


class ParameterRef(Node):
    """A dated value: `name` for the aid's own, `group.name` for a shared one."""

    parameter: str


class FactRef(Node):
    """What the counsellor knows, by its name in the vocabulary of facts."""

    fact: str


class Quantity(Node):
    """A constant of the rule's logic (never a figure of a funder: those are dated parameters)."""

    value: Scalar
    unit: Unit


class LeastOf(Node):
    """The smallest of several amounts: ceilings."""

    least_of: tuple[Amount, ...] = Field(min_length=1)


class MostOf(Node):
    """The largest of several amounts: floors."""

    most_of: tuple[Amount, ...] = Field(min_length=1)


class Sum(Node):
    """A sum of amounts of the same unit."""

    sum: tuple[Amount, ...] = Field(min_length=1)


class Difference(Node):
    """The first amount less the second, never below zero."""

    difference: tuple[Amount, Amount]


class Product(Node):
    """A product of two amounts, for instance hours by a rate; rounded to the hundredth as named."""

    product: tuple[Amount, Amount]
    rounding: Rounding = Rounding.DOWN


class Share(Node):
    """A percentage of an amount, rounded to the hundredth as named."""

    share: Amount
    of: Amount
    rounding: Rounding = Rounding.DOWN


class Bracket(Node):
    """One slice of a scale: up to a bound (none for the last), at a percentage."""

    up_to: Scalar | None = None
    percent: Scalar


class Scale(Node):
    """A marginal scale: each slice of the base at its own percentage."""

    scale: Amount
    brackets: tuple[Bracket, ...] = Field(min_length=1)
    rounding: Rounding = Rounding.DOWN


class Remaining(Node):
    """What an unlimited aid of this rank could still pay on these lines, after the aids of smaller rank."""

    remaining: tuple[Line, ...] = Field(min_length=1)


class EnvelopeLeft(Node):
    """What is left in a funder's envelope: unlimited when open without a figure, zero when exhausted."""

    envelope: str


class PaidBy(Node):
    """What aids of smaller rank pay in the same plan (matching, ceilings that count another aid inside)."""

    paid_by: tuple[str, ...] = Field(min_length=1)


class Choice(Node):
    """One branch of a `choose`."""

    when: Condition
    then: Amount


class Choose(Node):
    """The amount of the first branch whose condition holds, else `otherwise`."""

    choose: tuple[Choice, ...] = Field(min_length=1)
    otherwise: Amount


# Conditions ------------------------------------------------------------------------------------


class _Condition(Node):
    """`cause` names the refusal cause raised when this condition fails."""

    cause: str | None = None


class AllOf(_Condition):
    """Every condition holds."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(_Condition):
    """At least one condition holds."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(_Condition):
    """The condition does not hold; unknown stays unknown."""

    not_: Condition = Field(alias="not")


class FirstKnown(_Condition):
    """The first condition that is not unknown decides: what was read on the account, else the lists."""

    first_known: tuple[Condition, ...] = Field(min_length=1)


COMPARISONS = ("is", "in", "at_least", "at_most", "above", "below", "between", "before", "after")


class Comparison(_Condition):
    """Exactly one of the comparisons; `at_least` and `at_most` include the bound, the others do not."""

    is_: Operand | None = Field(default=None, alias="is")
    in_: tuple[Scalar, ...] | None = Field(default=None, alias="in", min_length=1)
    at_least: Operand | None = None
    at_most: Operand | None = None
    above: Operand | None = None
    below: Operand | None = None
    between: tuple[Operand, Operand] | None = None
    before: Operand | None = None
    after: Operand | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Comparison:
        if sum(getattr(self, _FIELD_OF[name]) is not None for name in COMPARISONS) != 1:
            raise PydanticCustomError(
                "comparison", "une comparaison et une seule est attendue parmi is, in, at_least, at_most, above, "
                "below, between, before, after",
            )  # fmt: skip
        return self

    @property
    def operator(self) -> str:
        """The name of the comparison used."""
        return next(name for name in COMPARISONS if getattr(self, _FIELD_OF[name]) is not None)

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the subject is compared with: one operand, or several for `in` and `between`."""
        value = getattr(self, _FIELD_OF[self.operator])
        return value if isinstance(value, tuple) else (value,)


_FIELD_OF = {name: f"{name}_" if name in ("is", "in") else name for name in COMPARISONS}


class Compare(Comparison):
    """A fact compared with literals, parameters or other facts."""

    fact: str


class CompareAmount(Comparison):
    """A computed amount compared with literals or other amounts."""

    amount: Amount


class Listed(_Condition):
    """The certification is on an eligibility list at the start of the course, for this public, region, branch."""

    list: str


class EnvelopeIsOpen(_Condition):
    """The envelope is open (`is: open`): an exhausted one fails, an undeclared one is unknown."""

    envelope: str
    is_: Literal["open"] = Field(alias="is")


class JoinedBy(_Condition):
    """At least one of these aids pays in the same plan, for `at_least` this amount in all when given."""

    joined_by: tuple[str, ...] = Field(min_length=1)
    at_least: Operand | None = None


# The two unions ---------------------------------------------------------------------------------

_AMOUNTS: dict[str, type[Node]] = {
    "parameter": ParameterRef, "fact": FactRef, "value": Quantity, "least_of": LeastOf, "most_of": MostOf,
    "sum": Sum, "difference": Difference, "product": Product, "share": Share, "scale": Scale,
    "remaining": Remaining, "envelope": EnvelopeLeft, "paid_by": PaidBy, "choose": Choose,
}  # fmt: skip
_CONDITIONS: dict[str, type[Node]] = {
    "all": AllOf, "any": AnyOf, "not": Not, "first_known": FirstKnown, "fact": Compare, "amount": CompareAmount,
    "list": Listed, "envelope": EnvelopeIsOpen, "joined_by": JoinedBy,
}  # fmt: skip


def _tag_amount(value: Any) -> str | None:
    if isinstance(value, dict):
        return next(("@" + key for key in _AMOUNTS if key in value), None)
    return next(("@" + key for key, model in _AMOUNTS.items() if type(value) is model), None)


def _tag_condition(value: Any) -> str | None:
    if isinstance(value, dict):
        return next(("@" + key for key in _CONDITIONS if key in value), None)
    return next(("@" + key for key, model in _CONDITIONS.items() if type(value) is model), None)


def _tag_operand(value: Any) -> str:
    return "@amount" if isinstance(value, dict | Node) else "@scalar"


Amount = Annotated[
    Annotated[ParameterRef, Tag("@parameter")]
    | Annotated[FactRef, Tag("@fact")]
    | Annotated[Quantity, Tag("@value")]
    | Annotated[LeastOf, Tag("@least_of")]
    | Annotated[MostOf, Tag("@most_of")]
    | Annotated[Sum, Tag("@sum")]
    | Annotated[Difference, Tag("@difference")]
    | Annotated[Product, Tag("@product")]
    | Annotated[Share, Tag("@share")]
    | Annotated[Scale, Tag("@scale")]
    | Annotated[Remaining, Tag("@remaining")]
    | Annotated[EnvelopeLeft, Tag("@envelope")]
    | Annotated[PaidBy, Tag("@paid_by")]
    | Annotated[Choose, Tag("@choose")],
    Discriminator(
        _tag_amount,
        custom_error_type="amount",
        custom_error_message="ce n'est pas un montant : la clé attendue est " + ", ".join(_AMOUNTS),
    ),
]
Condition = Annotated[
    Annotated[AllOf, Tag("@all")]
    | Annotated[AnyOf, Tag("@any")]
    | Annotated[Not, Tag("@not")]
    | Annotated[FirstKnown, Tag("@first_known")]
    | Annotated[Compare, Tag("@fact")]
    | Annotated[CompareAmount, Tag("@amount")]
    | Annotated[Listed, Tag("@list")]
    | Annotated[EnvelopeIsOpen, Tag("@envelope")]
    | Annotated[JoinedBy, Tag("@joined_by")],
    Discriminator(
        _tag_condition,
        custom_error_type="condition",
        custom_error_message="ce n'est pas une condition : la clé attendue est " + ", ".join(_CONDITIONS),
    ),
]
Operand = Annotated[Annotated[Scalar, Tag("@scalar")] | Annotated[Amount, Tag("@amount")], Discriminator(_tag_operand)]


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, depth first, in the order written."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> Iterator[Node]:
    """The nodes written directly inside a node, in the order of its fields."""
    for value in node.__dict__.values():
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield item


PLAN_NODES = (Remaining, PaidBy, JoinedBy)
"""What depends on the plan being built, and not on the dossier alone."""
