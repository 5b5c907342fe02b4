"""Check what was read against a model, and say every mistake in French, at its place in the file."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.reading.grammar import known_keys
from cpf_funding.reading.places import AT, Text
from cpf_funding.reading.strict import MAX_PROBLEMS, RULES_MAX_BYTES, load_bytes, scan
from cpf_funding.reading.wording import MISMATCHES, Case, nearest, word

__all__ = ["PERSONAL", "Flaw", "check", "is_personal", "merge", "problem_at", "read_model", "validate"]

M = TypeVar("M")
_OF_KEY = ("[key]",)
"""What pydantic adds to the location of an error about a key itself."""
Path = tuple[str | int, ...]

PERSONAL = frozenset({"birth_date", "disability", "allowance", "holder_can_pay"})
"""Keys whose value, or anything below them, no message repeats."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake, and the path in the data that leads to it (mapping keys, indexes from 0)."""

    path: Path
    problem: Problem


def read_model(model_type: type[M], path: str | os.PathLike[str], *, max_bytes: int = RULES_MAX_BYTES) -> M:
    """Read a file as a model; `InputError` holds the mistakes of form and of content together."""
    name = os.fspath(path)
    data, problems = scan(load_bytes(path, max_bytes), name, max_bytes=max_bytes)
    model, flaws = check(model_type, data, source_name=name)
    if problems or model is None:
        raise InputError(merge(problems, flaws))
    return model


def validate(model_type: type[M], data: Any, *, source_name: str | None = None) -> M:
    """The model that `data` describes.

    `data` comes from the strict reader, or from Python (then the messages give a path and no line). Raises
    `InputError` with every mistake.
    """
    model, flaws = check(model_type, data, source_name=source_name)
    if model is None:
        raise InputError(merge((), flaws))
    return model


def check(model_type: type[M], data: Any, *, source_name: str | None = None) -> tuple[M | None, list[Flaw]]:
    """The model and no flaw, or no model and the flaws: what `validate` raises, for callers who look further."""
    try:
        # Only the names of the format are keys: a Python name such as `from_` is not.
        kind: Any = model_type
        return _adapter(kind).validate_python(data, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, _flaws(model_type, data, error.errors(include_url=False), source_name)


@cache
def _adapter(model_type: Any) -> TypeAdapter[Any]:
    """Built once per model: the schema of the rule language is large."""
    return TypeAdapter(model_type)


def merge(problems: Iterable[Problem], flaws: Iterable[Flaw]) -> list[Problem]:
    """The mistakes of form then of content, in the order of the file; a place already refused is not told twice."""
    found = list(problems)
    places = {problem.origin for problem in found}
    found += [flaw.problem for flaw in flaws if flaw.problem.origin is None or flaw.problem.origin not in places]
    return sorted(found, key=lambda problem: (problem.origin.line, problem.origin.column) if problem.origin else (0, 0))


def problem_at(data: Any, path: Path, message: str, advice: str, source_name: str | None = None) -> Problem:
    """A mistake about the value at `path`, with its place in the file and its path in words."""
    name = _path_name(path)
    return Problem(f"{name} : {message}" if name else message, advice, _origin(data, path, source_name))


def is_personal(path: Path) -> bool:
    """Whether the value at `path` must not be repeated."""
    return any(step in PERSONAL for step in path)


# From pydantic's errors to flaws ---------------------------------------------------------------


def _flaws(model_type: Any, data: Any, errors: Sequence[ErrorDetails], source_name: str | None) -> list[Flaw]:
    by_path: defaultdict[Path, list[ErrorDetails]] = defaultdict(list)
    for error in errors:
        by_path[_path(data, error)].append(error)
    # An error on a whole whose part is wrong too is an echo: the part says it better.
    echoes = {path[:length] for path in by_path for length in range(len(path))}
    echoes |= _misspelt(model_type, by_path)
    told = {path: group for path, group in by_path.items() if path not in echoes}
    flaws = [_flaw(model_type, data, path, group, source_name) for path, group in islice(told.items(), MAX_PROBLEMS)]
    if len(told) > MAX_PROBLEMS:
        message = f"plus de {MAX_PROBLEMS} erreurs : les suivantes ne sont pas montrées"
        flaws.append(Flaw((), Problem(message, "corrigez celles-ci d'abord", flaws[-1].problem.origin)))
    return flaws


def _misspelt(model_type: Any, by_path: Mapping[Path, list[ErrorDetails]]) -> set[Path]:
    """Paths of keys that are missing only because they are misspelt beside: told once, at the misspelling."""
    unknown = ((path, group[0]["loc"]) for path, group in by_path.items() if group[0]["type"] == "extra_forbidden")
    meant = (
        (*path[:-1], nearest(str(path[-1]), known_keys(model_type, loc[:-1])) or "")
        for path, loc in islice(unknown, MAX_PROBLEMS)
    )
    return {path for path in meant if path in by_path and by_path[path][0]["type"] == "missing"}


def _path(data: Any, error: ErrorDetails) -> Path:
    """Where the error stands in the data; a key that is missing or malformed stands below its mapping or value."""
    loc = error["loc"]
    below = loc[-1:] if error["type"] == "missing" or loc[-1:] == _OF_KEY else ()
    return tuple(step for step, _ in _steps(data, loc[:-1] if below else loc)) + below


def _steps(data: Any, loc: Path) -> Iterator[tuple[str | int, Any]]:
    """The steps of a location that are in the data, with the value each leads to.

    The others are the names that pydantic gives to members of a union: passed over.
    """
    for step in loc:
        of_mapping = isinstance(data, dict) and step in data
        if of_mapping or (isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)):
            data = data[step]
            yield step, data


def _origin(data: Any, path: Path, source_name: str | None) -> Origin | None:
    """The place of the value at `path`, or of what holds it when the value has none (an empty value, a list)."""
    first = data[0] if isinstance(data, list) and data else data
    origin = _own_origin(first) or (Origin(source_name, 1, 1) if source_name else None)
    for step, value in _steps(data, path):
        origin = _own_origin(value) or _key_origin(data, step) or origin
        data = value
    return origin


def _key_origin(mapping: Any, key: str | int) -> Origin | None:
    written = next((known for known in mapping if known == key), None) if isinstance(mapping, dict) else None
    return written.origin if isinstance(written, Text) else None


def _value(data: Any, path: Path) -> Any:
    return [data, *(value for _, value in _steps(data, path))][-1]


def _own_origin(value: Any) -> Origin | None:
    if isinstance(value, Text):
        return value.origin
    place = value.get(AT) if isinstance(value, dict) else None
    return place if isinstance(place, Origin) else None


def _flaw(model_type: Any, data: Any, path: Path, group: Sequence[ErrorDetails], source_name: str | None) -> Flaw:
    error = min(group, key=lambda each: each["type"] in MISMATCHES)
    kind, loc = error["type"], error["loc"]
    of_mapping = kind in ("missing", "extra_forbidden")  # told of the mapping that lacks the key, or has it in excess
    about_key = kind == "extra_forbidden" or loc[-1:] == _OF_KEY
    path = path[:-1] if path[-1:] == _OF_KEY else path
    case = Case(
        kind=kind,
        value=path[-1] if about_key else error["input"],
        step=path[-1] if path else "",
        said=_said(error),
        context=error.get("ctx", {}),
        keys=known_keys(model_type, loc[:-1] if of_mapping else loc),
        choices=[choice for each in group for choice in _choices(each)],
        private=is_personal(path),
        written=kind == "missing" and len(list(_steps(data, path))) == len(path),
    )
    message, advice = word(case)
    name = _path_name(path[:-1] if of_mapping else path)
    origin = _origin(data, path, source_name)
    if about_key:
        origin = _key_origin(_value(data, path[:-1]), path[-1]) or origin
    return Flaw(path, Problem(f"{name} : {message}" if name else message, advice, origin))


def _said(error: ErrorDetails) -> str:
    own = error.get("ctx", {}).get("error")
    return str(own) if isinstance(own, Exception) else error["msg"]


def _choices(error: ErrorDetails) -> list[str]:
    context = error.get("ctx", {})
    return re.findall(r"'([^']*)'", str(context.get("expected", context.get("expected_tags", ""))))


def _path_name(path: Path) -> str:
    """`("opinions", 0, "on")` gives `opinions[1].on`: people count from 1."""
    words = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")
