"""Which keys a model would have accepted at a place, so that a message can name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from cpf_funding.reading.places import AT

__all__ = ["known_keys"]

_Branch = tuple[Any, str | None]
"""A type that may stand at a place, and the tag of the union member it comes from."""


def known_keys(model_type: Any, loc: Sequence[str | int]) -> list[str]:
    """The keys that the models at `loc` (a location of a pydantic error) accept, in the order of their fields."""
    branches = list(_branches(model_type))
    for step in loc:
        tagged = [branch for branch in branches if branch[1] == step]
        # A step that leads nowhere is the label pydantic gives to a member of a plain union: stay here.
        branches = tagged or [child for kind, _ in branches for child in _children(kind, step)] or branches
    models = [kind for kind, _ in branches if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return list(dict.fromkeys(key for model in models for key in _keys(model)))


def _keys(model: type[BaseModel]) -> dict[str, Any]:
    model.model_rebuild()  # until its first use, a model that names itself holds names instead of types
    names = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    names.pop(AT, None)
    return names


def _branches(annotation: Any, tag: str | None = None) -> Iterator[_Branch]:
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        yield from _branches(inner, next((note.tag for note in notes if isinstance(note, Tag)), tag))
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _branches(member)
    else:
        yield annotation, tag


def _children(kind: Any, step: str | int) -> Iterator[_Branch]:
    inner: Any = None
    arguments = get_args(kind)
    if isinstance(step, int):
        if get_origin(kind) in (tuple, list) and arguments:
            inner = arguments[0] if step >= len(arguments) or arguments[-1] is Ellipsis else arguments[step]
    elif get_origin(kind) is dict:
        inner = arguments[1]
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = _keys(kind).get(step)
    if inner is not None:
        yield from _branches(inner)
