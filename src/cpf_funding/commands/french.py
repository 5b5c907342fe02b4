"""What click says, in French."""

from __future__ import annotations

import sys

__all__ = ["FRENCH", "speak_french"]

FRENCH = {
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
"""By what click says in English."""


def speak_french() -> None:
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
    return FRENCH.get(message, message)


def _translated_count(one: str, several: str, count: int) -> str:
    return _translated(several if count > 1 else one)
