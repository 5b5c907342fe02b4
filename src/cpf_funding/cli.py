"""The command `cpf-funding`: French everywhere a person reads.

Exit codes: 0 a plan was built, complete or not (or the answer asked for was given); 2 the input was refused, nothing
is written on standard output nor on disk; 1 an internal fault.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from cpf_funding._version import __version__
from cpf_funding.errors import CpfFundingError, InputError

try:
    import click
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    raise SystemExit(
        "La commande cpf-funding a besoin de l'extra « cli » → installez-le : pip install 'cpf-funding[cli]'"
    ) from None

from cpf_funding.commands.french import speak_french

__all__ = ["main"]

DONE, FAULT, REFUSED = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; `arguments` are those of the process by default."""
    speak_french()
    _use_utf8()
    try:
        code = _commands().main(arguments, prog_name="cpf-funding", standalone_mode=False)
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
    except Exception as error:
        click.echo(_fault(error), err=True)
        return FAULT
    return code if isinstance(code, int) else DONE


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


class _Commands(click.Group):
    """A group that imports the module of a command when it is asked for; `modules` names it for each command."""

    def __init__(self, modules: Mapping[str, str], **settings: Any) -> None:
        super().__init__(subcommand_metavar="COMMANDE [ARGUMENTS]...", **settings)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order declared."""
        return [*self._modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, which its module holds under the same name."""
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"cpf_funding.commands.{self._modules[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


_HELP = """Plan de financement d'une formation : qui paie quoi, dans quel ordre, et pourquoi.

Rien ne passe par le réseau, et rien n'est écrit sans être demandé.
"""


_COMMANDS = {
    "plan": "plan", "remedies": "remedies", "compare": "remedies", "calendar": "remedies", "table": "table",
    "new": "new",
}  # fmt: skip
_RULE_COMMANDS = {
    "check": "rules", "show": "rules", "diff": "rules", "doc": "rules", "schema": "schema", "cases": "cases",
    "import-list": "import_list",
}  # fmt: skip
"""The module of `cpf_funding.commands` that holds each command, under the same name."""


def _commands() -> click.Group:
    settings = {"help_option_names": ["-h", "--help"]}
    commands = _Commands(_COMMANDS, name="cpf-funding", help=_HELP, context_settings=settings)
    rules_help = "Contrôle, montre et compare les règles des financeurs ; rejoue leurs cas."
    commands.add_command(_Commands(_RULE_COMMANDS, name="rules", help=rules_help))
    version = click.version_option(__version__, message="%(prog)s %(version)s", help="Affiche la version.")
    return version(commands)
