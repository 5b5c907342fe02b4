"""Settings shared by every test."""

from __future__ import annotations

import click  # noqa: F401  (its modules are what `speak_french` translates)
from hypothesis import settings

from cpf_funding.commands.french import speak_french

# `ci` is the default, so that two runs of the same code do the same thing; `--hypothesis-profile=dev` explores.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None, max_examples=1000)
settings.load_profile("ci")

# A command called on its own keeps the help it first wrote: French from the start.
speak_french()
