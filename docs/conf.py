"""Sphinx settings. `make docs` turns every warning into an error."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "cpf-funding"
author = "The cpf-funding maintainers"
project_copyright = "2026, The cpf-funding maintainers"
release = version = metadata.version("cpf-funding")
language = "fr"

extensions = ["myst_parser", "sphinx.ext.autodoc", "checked_output", "from_code"]
exclude_patterns = ["_build", "examples", "schema", "coverage.md"]  # coverage: `reference/rules/coverage` on the site
html_theme = "furo"
html_title = f"cpf-funding {release}"
html_copy_source = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "exclude-members": "model_config, at"}
