"""The command `cpf-funding`: parse, call, print. French everywhere a person reads.

Exit codes: 0 a plan was built, complete or not (or the answer asked for was given); 2 the input was refused, nothing
is written on standard output nor on disk; 1 an internal fault.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from cpf_funding._version import __version__
from cpf_funding.errors import CpfFundingError, InputError, Problem

try:
    import click
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    raise SystemExit(
        "La commande cpf-funding a besoin de l'extra « cli » → installez-le : pip install 'cpf-funding[cli]'"
    ) from None

__all__ = ["main"]

BUILT, FAULT, REFUSED = 0, 1, 2
WIDEST = 100
"""Columns beyond which a text is tiring to read, whatever the terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; `arguments` are those of the process by default."""
    _speak_french()
    _use_utf8()
    try:
        commands.main(arguments, prog_name="cpf-funding", standalone_mode=False)
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return REFUSED
    except click.ClickException as error:
        error.show()
        return REFUSED
    except CpfFundingError as error:
        click.echo(str(error), err=True)
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrompu", err=True)
        return FAULT
    except BrokenPipeError:
        # The reader (`head`, `less`) has what it wanted; without this, closing standard output would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BUILT
    except Exception as error:
        click.echo(_fault(error), err=True)
        return FAULT
    return BUILT


def _fault(error: Exception) -> str:
    """Where the fault is; never the message of the error nor the traceback, which may hold personal data."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}, ligne {place.tb_lineno}" if place is not None else "?"
    return (
        f"Erreur interne de cpf-funding {__version__} ({type(error).__name__}, {where}) → signalez cette ligne aux "
        "responsables du projet ; elle ne contient aucune donnée du dossier"
    )


def _use_utf8() -> None:
    """A file or another program gets UTF-8; a terminal keeps its own encoding, without failing on a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace") if stream.isatty() else reconfigure(encoding="utf-8")


# Output -----------------------------------------------------------------------------------------


def _write(text: str, output: str | None) -> None:
    """Print, or write a new file at once: another program sees the whole file or none."""
    if output is None:
        click.echo(text, nl=False)
        return
    target = Path(output)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(draft, target)
    except OSError as error:
        raise InputError(
            [Problem(f"{output} ne peut pas être écrit ({error.strerror})", "choisissez un autre -o")]
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _check_output(output: str | None) -> None:
    """No file is ever replaced: a dossier or a plan given to someone is not lost by a slip."""
    if output is not None and os.path.lexists(output):
        raise InputError(
            [Problem(f"le fichier {output} existe déjà", "choisissez un autre nom, ou supprimez-le d'abord")]
        )


def _columns() -> int:
    return min(WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDEST


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


# Commands ---------------------------------------------------------------------------------------

_OVERLAY = click.option(
    "--overlay", "overlays", multiple=True, metavar="FICHIER",
    help="Règles locales ajoutées aux autres ; l'option peut être répétée.",
)  # fmt: skip
_RULES = click.option("--rules", metavar="DOSSIER", help="Dossier de règles, à la place de celles du logiciel.")
_OUTPUT = click.option(
    "-o", "--output", metavar="SORTIE", help="Écrit dans ce fichier, qui ne doit pas exister ; sinon, à l'écran."
)
_SUBCOMMAND = "COMMANDE [ARGUMENTS]..."
_SETTINGS = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=_SETTINGS, subcommand_metavar=_SUBCOMMAND)
@click.version_option(__version__, message="%(prog)s %(version)s", help="Affiche la version.")
def commands() -> None:
    """Plan de financement d'une formation : qui paie quoi, dans quel ordre, et pourquoi.

    Rien ne passe par le réseau, et rien n'est écrit sans être demandé.
    """


@commands.command()
@click.argument("file", metavar="FICHIER")
@click.option("--on", metavar="DATE", help="Jour du plan, par exemple 2017-03-01 ; sinon, celui du dossier (as_of).")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="Texte pour une personne (text, par défaut) ou données pour un programme (json).",
)  # fmt: skip
@_OVERLAY
@_RULES
@_OUTPUT
def plan(
    file: str, on: str | None, form: str, overlays: tuple[str, ...], rules: str | None, output: str | None
) -> None:
    """Écrit le plan de financement du dossier FICHIER (YAML ou JSON).

    Code de sortie : 0, un plan est construit, complet ou non ; 2, une entrée est refusée ; 1, défaut interne.
    """
    from cpf_funding.engine.build import build_plan
    from cpf_funding.reading.dossiers import read_dossier
    from cpf_funding.rulebook.load import load_rulebook

    _check_output(output)
    day = _day(on)
    problems: list[Problem] = []
    dossier = _gather(problems, lambda: read_dossier(file))
    rulebook = _gather(problems, lambda: load_rulebook(*overlays, rules=rules))
    if dossier is None or rulebook is None:
        raise InputError(problems)
    found = build_plan(dossier, rulebook, day)
    if form == "json":
        from cpf_funding.report.document import plan_document

        _write(_json(plan_document(found, rulebook)), output)
    else:
        from cpf_funding.report.text import plan_text

        _write(plan_text(found, rulebook, _columns() if output is None else WIDEST), output)


def _gather(problems: list[Problem], read: Callable[[], Any]) -> Any:
    """What is read, or `None` once its problems are noted: the mistakes of every file are told at once."""
    try:
        return read()
    except InputError as error:
        problems += error.problems
        return None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(f"--on : « {text} » n'est pas une date", "écrivez par exemple 2017-03-01")]) from None


@commands.command()
@_RULES
@_OUTPUT
def new(rules: str | None, output: str | None) -> None:
    """Écrit un modèle de dossier commenté, à remplir."""
    from cpf_funding.report.template import dossier_template
    from cpf_funding.rulebook.load import load_rulebook

    _check_output(output)
    _write(dossier_template(load_rulebook(rules=rules).facts), output)


@commands.group("rules", subcommand_metavar=_SUBCOMMAND)
def rule_commands() -> None:
    """Contrôle les règles des financeurs, ou en donne le schéma."""


@rule_commands.command()
@_OVERLAY
@_RULES
def check(overlays: tuple[str, ...], rules: str | None) -> None:
    """Relit toutes les règles.

    Chaque erreur est signalée avec sa place et ce qu'il faut écrire.
    """
    from cpf_funding.rulebook.load import load_rulebook

    book = load_rulebook(*overlays, rules=rules)
    click.echo(
        f"Règles sans erreur : {len(book.aids)} aides, {len(book.parameters)} barèmes, {len(book.sources)} sources, "
        f"{len(book.files)} fichiers."
    )


@rule_commands.command()
@click.argument(
    "name", type=click.Choice(["dossier", "plan", "rules"]), default="rules", metavar="[dossier|plan|rules]"
)
@_OUTPUT
def schema(name: str, output: str | None) -> None:
    """Écrit un schéma JSON.

    Celui des dossiers, des plans, ou (par défaut) des fichiers de règles.
    """
    from cpf_funding.report.schema import SCHEMAS

    _check_output(output)
    _write(_json(SCHEMAS[name]()), output)


# click in French --------------------------------------------------------------------------------

_FRENCH = {
    "Usage:": "Utilisation :",
    "Options": "Options\u00a0",
    "Commands": "Commandes\u00a0",
    "Positional arguments": "Arguments\u00a0",
    "required": "obligatoire",
    "deprecated": "abandonné",
    "default: {default}": "par défaut : {default}",
    "env var: {var}": "variable d'environnement : {var}",
    "(dynamic)": "(calculé)",
    "Show the version and exit.": "Affiche la version.",
    "Show this message and exit.": "Affiche cette aide.",
    "Aborted!": "Interrompu.",
    "Error: {message}": "Erreur : {message}",
    "Try '{command} {option}' for help.": "Aide : {command} {option}",
    "Missing command.": "il manque une commande.",
    "Missing argument": "il manque l'argument",
    "Missing option": "il manque l'option",
    "Missing parameter": "il manque le paramètre",
    "Missing {param_type}": "il manque : {param_type}",
    "Missing parameter: {param_name}": "il manque le paramètre {param_name}",
    "Choose from:\n\t{choices}": "À choisir parmi :\n\t{choices}",
    "Choice({choices})": "au choix ({choices})",
    "No such option {name!r}.": "l'option « {name} » n'existe pas.",
    "No such option: {name}": "l'option « {name} » n'existe pas.",
    "No such command {name!r}.": "la commande « {name} » n'existe pas.",
    "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
    "(Did you mean one of: {possibilities}?)": "(Vouliez-vous dire : {possibilities} ?)",
    "(Possible options: {possibilities})": "(Options possibles : {possibilities})",
    "Invalid value: {message}": "valeur refusée : {message}",
    "Invalid value for {param_hint}: {message}": "valeur refusée pour {param_hint} : {message}",
    "{value!r} is not {choice}.": "« {value} » n'est pas {choice}.",
    "{value!r} is not one of {choices}.": "« {value} » n'est pas l'une des valeurs {choices}.",
    "Option {name!r} does not take a value.": "l'option « {name} » ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "l'option « {name} » demande une valeur.",
    "Option {name!r} requires {nargs} arguments.": "l'option « {name} » demande {nargs} valeurs.",
    "Argument {name!r} takes {nargs} values.": "l'argument « {name} » prend {nargs} valeurs.",
    "Got unexpected extra argument ({args})": "argument en trop ({args})",
    "Got unexpected extra arguments ({args})": "arguments en trop ({args})",
    "Could not open file {filename!r}: {message}": "le fichier « {filename} » ne peut pas être ouvert : {message}",
    "unknown error": "erreur inconnue",
}


def _speak_french() -> None:
    """Give click its sentences in French whatever the language of the machine.

    click asks `gettext` for them, under the names `_` and `ngettext` of its modules; `gettext` itself only knows
    compiled catalogues found through environment variables.
    """
    for name in ("core", "decorators", "exceptions", "formatting", "parser", "types"):
        module = sys.modules[f"click.{name}"]
        for attribute, translate in (("_", _translated), ("ngettext", _translated_count)):
            if hasattr(module, attribute):
                setattr(module, attribute, translate)


def _translated(message: str) -> str:
    return _FRENCH.get(message, message)


def _translated_count(one: str, several: str, count: int) -> str:
    return _translated(several if count > 1 else one)
