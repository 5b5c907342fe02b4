"""Files become a rulebook: the packaged rules, or a folder of the caller's, with overlays on top."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from cpf_funding.errors import InputError, Problem
from cpf_funding.reading.french import check, merge
from cpf_funding.reading.strict import RULES_MAX_BYTES, load_bytes, scan
from cpf_funding.rulebook import shapes as s
from cpf_funding.rulebook.assemble import Shapes, assemble
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.levers import LeversFile
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.rulebook.overlays import apply_overlays, check_lists, read_overlays

__all__ = ["load_rulebook"]

_REGISTERS: dict[str, tuple[type[Any], str]] = {
    "sources.yaml": (s.SourcesFile, "sources"),
    "funders.yaml": (s.FundersFile, "funders"),
    "facts.yaml": (s.FactsFile, "facts"),
    "documents.yaml": (s.DocumentsFile, "documents"),
    "causes.yaml": (s.CausesFile, "causes"),
    "levers.yaml": (LeversFile, "levers"),
}


def load_rulebook(*overlays: str | os.PathLike[str], rules: str | os.PathLike[str] | None = None) -> Rulebook:
    """Read, check and compile a rulebook.

    `rules` is a folder laid out as the packaged one (the default). Overlays apply on top of it in whatever order they
    are given: eligibility lists, each in the place of the one of the same name, then files of a region, then of an
    agency. Raises `InputError` with every mistake of every file, in French, each with its place.
    """
    folder = Path(rules) if rules is not None else packaged_rules()
    problems: list[Problem] = []
    shapes = Shapes()
    digest = hashlib.sha256()
    files: list[str] = []
    refused: list[Refusal] = []
    for path in _rule_files(folder, problems):
        name = path.relative_to(folder).as_posix()
        files.append(name)
        try:
            refused += _add_file(shapes, path, name, problems)
        except InputError as error:
            problems += error.problems
            refused.append(None)
        else:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    check_lists(shapes.lists, problems)
    lists, overlaid = read_overlays(overlays, problems)
    for path, given in lists:
        files.append(str(path))
        digest.update(f"list {given.list}".encode() + b"\0" + path.read_bytes() + b"\0")
        shapes.lists = [*(one for one in shapes.lists if one.list != given.list), given]
    for path, overlay in overlaid:
        files.append(str(path))
        digest.update(f"{overlay.level} {overlay.overlay}".encode() + b"\0" + path.read_bytes() + b"\0")
    later: list[Problem] = []
    local = apply_overlays(shapes, [overlay for _, overlay in overlaid], later)
    book = assemble(shapes, digest.hexdigest(), files, later, local)
    problems += _own_problems(later, refused)
    if problems:
        found = dict.fromkeys(_placed(problem, folder) for problem in problems)
        raise InputError(sorted(found, key=lambda p: (p.origin is None, p.origin, p.message)))
    return book


_PLACE = "rules/"
"""How places name the folder of the rules, wherever it lies: the same rules give the same plan, to the byte."""


def _placed(problem: Problem, folder: Path) -> Problem:
    """A mistake with the path that was opened, for the person who mends it."""
    origin = problem.origin
    if origin is None or not origin.file.startswith(_PLACE):
        return problem
    return replace(problem, origin=replace(origin, file=str(folder / origin.file.removeprefix(_PLACE))))


Refusal = str | None
"""What a mistake hides from the rest of the rules: the thing of this name, or (`None`) all that a file declares."""


def _own_problems(problems: list[Problem], refused: list[Refusal]) -> list[Problem]:
    """Leave out the echoes: a name is not unknown for being declared where something else is wrong."""
    if None in refused:
        return []
    return [each for each in problems if not any(f"« {name} »" in each.message for name in refused)]


def _rule_files(folder: Path, problems: list[Problem]) -> list[Path]:
    if not folder.is_dir():
        advice = "donnez un dossier qui contient sources.yaml et national/"
        raise InputError([Problem(f"le dossier de règles {folder} n'existe pas", advice)])
    registers = [folder / name for name in _REGISTERS if (folder / name).is_file()]
    rest = [path for part in ("national", "regions", "lists") for path in sorted((folder / part).glob("*.yaml"))]
    return registers + rest


def _add_file(shapes: Shapes, path: Path, name: str, problems: list[Problem]) -> list[Refusal]:
    """Add what can be read of a file; returns the names of what was refused."""
    shown = f"{_PLACE}{name}"
    data, flaws = scan(load_bytes(path, RULES_MAX_BYTES), shown)
    model_type = _model(name)
    model, wrong = check(model_type, data, source_name=shown)
    refused: list[Refusal] = []
    if model is None:
        problems += merge(flaws, wrong)
        model, refused = _sound_part(model_type, data)
    else:
        problems += flaws
    if name in _REGISTERS:
        attribute = _REGISTERS[name][1]
        setattr(shapes, attribute, getattr(model, attribute))
    elif isinstance(model, s.ListFile):
        shapes.lists.append(model)
    elif isinstance(model, s.RuleFile):
        _add_rules(shapes, model, problems)
    return refused


def _model(name: str) -> type[Any]:
    if name in _REGISTERS:
        return _REGISTERS[name][0]
    return s.ListFile if name.startswith("lists/") else s.RuleFile


def _sound_part(model_type: type[Any], data: Any) -> tuple[Any, list[Refusal]]:
    """The entries of a refused file that are right by themselves, and the names of the others.

    Raises `InputError` (whose mistakes were told already) when the file has no such entries.
    """
    if not isinstance(data, dict) or model_type is s.ListFile:
        raise InputError([])
    refused: list[Refusal] = []
    sound: dict[str, Any] = {}
    for part, entries in data.items():
        if isinstance(entries, dict):
            sound[part] = {id: entry for id, entry in entries.items() if _alone(model_type, part, {id: entry})}
            refused += [str(id) for id in entries if id not in sound[part]]
        elif isinstance(entries, list):
            sound[part] = [entry for entry in entries if _alone(model_type, part, [entry])]
            wrong = [entry for entry in entries if entry not in sound[part]]
            names = (entry.get("aid") if isinstance(entry, dict) else None for entry in wrong)
            refused += [name if isinstance(name, str) else None for name in names]
    model, _ = check(model_type, sound)
    if model is None:
        raise InputError([])
    return model, refused


def _alone(model_type: type[Any], part: str, entries: Any) -> bool:
    return check(model_type, {part: entries})[0] is not None


def _add_rules(shapes: Shapes, file: s.RuleFile, problems: list[Problem]) -> None:
    known = {aid.aid: aid for aid in shapes.aids}
    for aid in file.aids:
        if aid.aid in known:
            problems.append(
                Problem(
                    f"l'aide « {aid.aid} » est déjà déclarée ({known[aid.aid].at})",
                    "gardez une seule déclaration",
                    aid.at,
                )
            )
        else:
            shapes.aids.append(aid)
            known[aid.aid] = aid
    for key, parameter in file.parameters.items():
        if "." not in key:
            problems.append(Problem(f"paramètre partagé « {key} » sans point", f"nommez-le groupe.{key}", parameter.at))
        elif key in shapes.parameters:
            problems.append(Problem(f"paramètre « {key} » déjà déclaré", "gardez une seule déclaration", parameter.at))
        else:
            shapes.parameters[key] = parameter
