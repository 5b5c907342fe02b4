"""Files become a rulebook: the packaged rules, or a folder of the caller's, with overlays on top."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from cpf_funding.errors import InputError, Problem
from cpf_funding.reading.french import validate
from cpf_funding.reading.strict import read_file
from cpf_funding.rulebook import shapes as s
from cpf_funding.rulebook.assemble import Shapes, assemble
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.rulebook.overlays import apply_overlays, read_overlays

__all__ = ["load_rulebook"]

_REGISTERS: dict[str, tuple[type[Any], str]] = {
    "sources.yaml": (s.SourcesFile, "sources"),
    "funders.yaml": (s.FundersFile, "funders"),
    "facts.yaml": (s.FactsFile, "facts"),
    "documents.yaml": (s.DocumentsFile, "documents"),
    "causes.yaml": (s.CausesFile, "causes"),
}


def load_rulebook(*overlays: str | os.PathLike[str], rules: str | os.PathLike[str] | None = None) -> Rulebook:
    """Read, check and compile a rulebook.

    `rules` is a folder laid out as the packaged one (the default). Overlays (files of a region or of an agency) apply
    on top of it, regions first, in whatever order they are given. Raises `InputError` with every mistake of every file,
    in French, each with its place.
    """
    folder = Path(rules) if rules is not None else packaged_rules()
    problems: list[Problem] = []
    shapes = Shapes()
    digest = hashlib.sha256()
    files: list[str] = []
    for path in _rule_files(folder, problems):
        name = path.relative_to(folder).as_posix()
        files.append(name)
        try:
            _add_file(shapes, path, name, problems)
        except InputError as error:
            problems += error.problems
        else:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    overlaid = read_overlays(overlays, problems)
    for path, overlay in overlaid:
        files.append(str(path))
        digest.update(f"{overlay.level} {overlay.overlay}".encode() + b"\0" + path.read_bytes() + b"\0")
    local = apply_overlays(shapes, [overlay for _, overlay in overlaid], problems)
    book = assemble(shapes, digest.hexdigest(), files, problems, local)
    if problems:
        raise InputError(sorted(problems, key=lambda p: (p.origin is None, p.origin, p.message)))
    return book


def _rule_files(folder: Path, problems: list[Problem]) -> list[Path]:
    if not folder.is_dir():
        advice = "donnez un dossier qui contient sources.yaml et national/"
        raise InputError([Problem(f"le dossier de règles {folder} n'existe pas", advice)])
    registers = [folder / name for name in _REGISTERS if (folder / name).is_file()]
    rest = [path for part in ("national", "regions", "lists") for path in sorted((folder / part).glob("*.yaml"))]
    return registers + rest


def _add_file(shapes: Shapes, path: Path, name: str, problems: list[Problem]) -> None:
    data = read_file(path)
    if name in _REGISTERS:
        model, attribute = _REGISTERS[name]
        setattr(shapes, attribute, getattr(validate(model, data, source_name=str(path)), attribute))
    elif name.startswith("lists/"):
        shapes.lists.append(validate(s.ListFile, data, source_name=str(path)))
    else:
        _add_rules(shapes, validate(s.RuleFile, data, source_name=str(path)), problems)


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
