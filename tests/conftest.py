"""Settings shared by every test."""

from __future__ import annotations

from hypothesis import settings

# `ci` is the default, so that two runs of the same code do the same thing; `--hypothesis-profile=dev` explores.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None, max_examples=1000)
settings.load_profile("ci")
