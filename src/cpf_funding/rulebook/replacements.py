"""A dated value put by an overlay in the place of another: it must say which one, so that nothing changes unseen."""

from __future__ import annotations

from cpf_funding.errors import Problem
from cpf_funding.facts import parse_value
from cpf_funding.language.problems import nearest
from cpf_funding.language.values import ANY_KEY
from cpf_funding.rulebook.assemble import Shapes
from cpf_funding.rulebook.overlay_shapes import Replacement
from cpf_funding.rulebook.periods import covered, cut, overlaps
from cpf_funding.rulebook.shapes import Entry, ParameterShape

__all__ = ["replace_value"]


def replace_value(shapes: Shapes, change: Replacement, problems: list[Problem]) -> None:
    """Put a value in the place of another over its period, for each of its keys."""
    shape = _parameter(shapes, change.parameter)
    if shape is None:
        known = [*shapes.parameters, *(f"{aid.aid}.{name}" for aid in shapes.aids for name in aid.parameters)]
        hint = nearest(change.parameter, known) or "écrivez le nom entier : aide.barème, ou groupe.barème"
        problems.append(Problem(f"barème inconnu « {change.parameter} »", hint, change.at))
        return
    if (change.for_ is None) is (shape.by is not None):
        advice = "ajoutez for: (la clé à remplacer)" if shape.by else "retirez for:"
        what = f"une table par « {shape.by} »" if shape.by else "une seule valeur"
        problems.append(Problem(f"« {change.parameter} » est {what}", advice, change.at))
        return
    entries = list(shape.values)
    for key in change.for_ if isinstance(change.for_, tuple) else (change.for_,):
        entries = _one_key(entries, key)
        said = [entry for entry in entries if entry.for_ == key]
        if not _agrees(change, key, shape, said, problems):
            return
        entries = [piece for e in entries for piece in (cut(e, change) if e.for_ == key else [e])]
        entries.append(change.model_copy(update={"for_": key}))
    _put(shapes, change.parameter, shape.model_copy(update={"values": tuple(entries)}))


def _parameter(shapes: Shapes, name: str) -> ParameterShape | None:
    if name in shapes.parameters:
        return shapes.parameters[name]
    return next(
        (
            shape
            for aid in shapes.aids
            for own, shape in aid.parameters.items()
            if f"{aid.aid}.{own}" == name
        ),
        None,
    )  # fmt: skip


def _put(shapes: Shapes, name: str, shape: ParameterShape) -> None:
    if name in shapes.parameters:
        shapes.parameters = {**shapes.parameters, name: shape}
        return
    for place, aid in enumerate(shapes.aids):
        for own in aid.parameters:
            if f"{aid.aid}.{own}" == name:
                shapes.aids[place] = aid.model_copy(update={"parameters": {**aid.parameters, own: shape}})


def _one_key(entries: list[Entry], key: str | None) -> list[Entry]:
    """The same table, where the entries of one key stand alone; a key served by "*" gets its own copy."""
    if key is None:
        return entries
    alone: list[Entry] = []
    for entry in entries:
        keys = entry.for_ if isinstance(entry.for_, tuple) else (entry.for_,)
        if key in keys and len(keys) > 1:
            alone.append(entry.model_copy(update={"for_": tuple(other for other in keys if other != key)}))
            alone.append(entry.model_copy(update={"for_": key}))
        else:
            alone.append(entry.model_copy(update={"for_": keys[0]}) if len(keys) == 1 else entry)
    if not any(entry.for_ == key for entry in alone):
        alone += [entry.model_copy(update={"for_": key}) for entry in alone if entry.for_ == ANY_KEY]
    return alone


def _agrees(
    change: Replacement, key: str | None, shape: ParameterShape, said: list[Entry], problems: list[Problem]
) -> bool:
    """Whether `replaces` is what the rules say of every day of the period."""
    under = [entry for entry in said if overlaps(entry, change)]
    name = f"{change.parameter}{f' ({key})' if key else ''}"
    if not under:
        if change.replaces == "unknown":
            return True
        message = f"{name} : les règles ne disent rien de cette période"
        problems.append(Problem(message, "écrivez replaces: unknown", change.at))
        return False
    for entry in under:
        if _reading(shape, entry) != _replaced(shape, change):
            written = entry.value if entry.state == "valid" else entry.state
            until = f"au {entry.until}" if entry.until else "sans fin"
            message = f"{name} : les règles disent {written} du {entry.from_} {until} ({entry.at})"
            problems.append(Problem(message, f"écrivez replaces: {written}, ou ajustez from et until", change.at))
            return False
    if not covered(change, list(under)):
        message = f"{name} : les règles ne disent rien d'une partie de cette période"
        problems.append(Problem(message, "faites deux valeurs, l'une avec replaces: unknown", change.at))
        return False
    return True


def _reading(shape: ParameterShape, entry: Entry) -> object:
    return _number(shape, str(entry.value)) if entry.state == "valid" else entry.state


def _replaced(shape: ParameterShape, change: Replacement) -> object:
    return _number(shape, change.replaces)


def _number(shape: ParameterShape, text: str) -> object:
    try:
        return parse_value(shape.unit, text)
    except ValueError:
        return text
