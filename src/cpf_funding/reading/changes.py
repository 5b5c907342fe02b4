"""Change some fields of a dossier, named by their path and written as in a dossier file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from cpf_funding.dossier import Cents, Dossier, Hours, Part
from cpf_funding.errors import InputError, Problem
from cpf_funding.money import plain
from cpf_funding.reading.dossiers import cross_problems
from cpf_funding.reading.french import problem_at, validate
from cpf_funding.reading.strict import read_text

__all__ = ["UNKNOWN", "amount_at", "apply_changes", "is_money", "steps_per_unit", "written"]

UNKNOWN = ("", "~", "null")
"""How a change says that a field is not known any more."""
_INDEXED = re.compile(r"([a-z_]+)\[([1-9][0-9]{0,3})\]")

Path = tuple[str | int, ...]


def apply_changes(dossier: Dossier, changes: Mapping[str, str]) -> Dossier:
    """The dossier with other values, checked as if it had been written so.

    A path is `training.start`, `local.envelopes.ft.aif.state`, `answers.course.alternating` or, in a list counted from
    1, `project.opinions[1].favourable`. A value is written as in a file (`"2017-09-04"`, `"4800.00"`, `"true"`); `null`
    makes the field unknown; a list or a mapping is given in brackets. Raises `InputError`, in French, with every path
    or value that a dossier cannot have.
    """
    data = dossier.model_dump(by_alias=True, exclude_none=True)
    problems = [problem for path, value in changes.items() if (problem := _put(data, path, value)) is not None]
    if problems:
        raise InputError(problems)
    changed = validate(Dossier, data)
    crossed = [problem_at(data, path, message, advice) for path, message, advice in cross_problems(changed)]
    if crossed:
        raise InputError(crossed)
    return changed


def amount_at(dossier: Dossier, path: str) -> int | None:
    """The number held at a path, in the steps of its field (cents, hundredths of an hour, days); `None` if unknown.

    Raises `ValueError` when the path does not lead to a number.
    """
    value: Any = dossier
    for step in path.split("."):
        if not isinstance(value, Part) or step not in type(value).model_fields:
            raise ValueError(f"« {path} » n'est pas un nombre du dossier")
        value = getattr(value, step)
    if not any(get_args(kind)[:1] == (int,) for kind in _kinds(path)):
        raise ValueError(f"« {path} » n'est pas un nombre du dossier")
    found: int | None = value
    return found


def is_money(path: str) -> bool:
    """Whether the field at a path is an amount in cents."""
    return Cents in _kinds(path)


def written(path: str, amount: int) -> str:
    """A number as a dossier writes it at this path: `540050` cents give `"5400.50"`, `10` days give `"10"`."""
    return plain(amount) if steps_per_unit(path) == 100 else str(amount)


def steps_per_unit(path: str) -> int:
    """100 where the field holds cents or hundredths of an hour, 1 where it holds a whole number."""
    return 100 if is_money(path) or Hours in _kinds(path) else 1


def _kinds(path: str) -> tuple[Any, ...]:
    *above, last = path.split(".")
    model: Any = Dossier
    for step in above:
        model = model.model_fields[step].annotation
    return get_args(model.model_fields[last].annotation)


def _put(data: dict[str, Any], path: str, value: str) -> Problem | None:
    """Write one value in dumped data; a key that no dossier has is put as well, for `validate` to refuse."""
    here: Any = data
    *above, last = _steps(path)
    for step in above:
        if isinstance(step, int):
            if step >= len(here):
                return Problem(f"{path} : cette liste n'a que {len(here)} éléments", "comptez à partir de 1")
            here[step] = here = dict(here[step])
            continue
        found = here.get(step)
        if isinstance(found, tuple | list):
            found = list(found)
        elif found is None:
            found = {}
        elif not isinstance(found, dict):
            return Problem(f"{path} : « {step} » n'a pas de partie « {last} »", "donnez un chemin comme training.start")
        here[step] = found
        here = found
    if isinstance(last, int) or not isinstance(here, dict):
        return Problem(f"{path} : un élément de liste ne se remplace pas en bloc", "donnez l'un de ses champs")
    if value in UNKNOWN:
        here.pop(last, None)
    else:
        here[last] = read_text(value, path) if value.startswith(("[", "{")) else value
    return None


def _steps(path: str) -> Path:
    """The keys and indexes that a path goes through; the keys of free mappings hold dots themselves."""
    words = path.split(".")
    steps: list[str | int] = []
    model: type[Part] = Dossier
    while words:
        indexed = _INDEXED.fullmatch(words[0])
        name = indexed[1] if indexed else words[0]
        field = next((field for key, field in model.model_fields.items() if (field.alias or key) == name), None)
        steps.append(name)
        words = words[1:]
        kind: Any = field.annotation if field is not None else None
        if indexed and get_origin(kind) is tuple:
            steps.append(int(indexed[2]) - 1)
            kind = get_args(kind)[0]
        elif get_origin(kind) is dict and words:
            inner = get_args(kind)[1]
            of_part = isinstance(inner, type) and issubclass(inner, Part) and words[-1] in inner.model_fields
            cut = len(words) - 1 if of_part and len(words) > 1 else len(words)
            return (*steps, ".".join(words[:cut]), *words[cut:])
        if not (isinstance(kind, type) and issubclass(kind, Part)):
            return (*steps, *words)
        model = kind
    return tuple(steps)
