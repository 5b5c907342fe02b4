"""A directive that shows what a command prints, and refuses to build a page that shows anything else."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]


def _spaced(line: str) -> str:
    """A line whose no-break spaces are plain ones: an author types those."""
    return line.rstrip().replace("\u00a0", " ").replace("\u202f", " ")


def _run(arguments: str, written: str | None) -> str:
    """What a command prints, or what it writes in a file: it sees the repository, and writes beside it."""
    with TemporaryDirectory() as folder:
        for entry in ROOT.iterdir():
            Path(folder, entry.name).symlink_to(entry)
        done = subprocess.run(
            [sys.executable, "-m", "cpf_funding", *shlex.split(arguments)], cwd=folder,
            env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.stdout + done.stderr if written is None else Path(folder, written).read_text("utf-8-sig")


class Output(SphinxDirective):
    """Lines printed by `cpf-funding ARGUMENTS`, run at the root of the repository; `…` stands for lines left out.

    With `:file:`, lines that the command writes in that file.
    """

    required_arguments: ClassVar[int] = 1
    final_argument_whitespace: ClassVar[bool] = True
    has_content: ClassVar[bool] = True
    option_spec: ClassVar[dict[str, Any]] = {"file": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        shown = _run(self.arguments[0], self.options.get("file"))
        printed = {_spaced(line): line for line in (*shown.splitlines(), "", "…")}
        if lost := [line for line in self.content if _spaced(line) not in printed]:
            raise self.error(f"cpf-funding {self.arguments[0]} does not print: {lost}")
        text = "\n".join(printed[_spaced(line)] for line in self.content)
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("output", Output)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
