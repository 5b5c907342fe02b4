"""Every message that a wrong dossier, rule, hostile text or history gets, whole, in one file to read and compare.

`python -m hostile.messages` in `tests/` writes `messages.txt` again: read what changed before keeping it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from cpf_funding import InputError
from hostile.readers import AS_DOSSIER, AS_HISTORY, READERS, TESTS
from hostile.test_hostile_texts import JSON_TEXTS, TEXTS
from hostile.test_hostile_values import IN_A_DOSSIER, IN_A_HISTORY

KEPT = Path(__file__).parent / "messages.txt"
MOST = 6
"""Messages shown for one text: some have two hundred."""
REGISTERS = ("sources_", "facts_", "causes_")
"""Wrong files that would take the place of a right one: `unit/test_bad_rules.py` reads them."""


def inputs() -> Iterator[tuple[str, str, bytes]]:
    """A name, a reader and some bytes."""
    for path in sorted((TESTS / "bad_dossiers").glob("*.yaml")):
        yield path.name, "dossier", path.read_bytes()
    for path in sorted((TESTS / "bad_rules").glob("*.yaml")):
        if not path.name.startswith(REGISTERS):
            kind = path.stem.partition("_")[0] if path.stem != "list_expected" else "rules"
            yield path.name, kind if kind in ("list", "overlay") else "rules", path.read_bytes()
    for name, (data, _) in TEXTS.items():
        yield name, "dossier", data
    for name, (data, _) in JSON_TEXTS.items():
        yield name, "json", data
    for line in IN_A_DOSSIER:
        yield line, "dossier", AS_DOSSIER + f"{line}\n".encode()
    for line in IN_A_HISTORY:
        yield line, "history", AS_HISTORY + f"{line}\n".encode()


def messages() -> str:
    """One paragraph for each input."""
    return "\n".join(_paragraph(*each) for each in inputs())


def _paragraph(name: str, reader: str, data: bytes) -> str:
    shown = name if len(name) <= 100 else f"{name[:99]}…"
    with tempfile.TemporaryDirectory() as folder:
        try:
            READERS[reader](data, Path(folder))
        except InputError as error:
            told = [str(problem).replace(f"{folder}/", "") for problem in error.problems]
        else:
            raise AssertionError(f"{name} is read")
    more = [f"  … {len(told) - MOST} de plus"] if len(told) > MOST else []
    return "\n".join([f"{reader} | {shown}", *(f"  {line}" for line in told[:MOST]), *more, ""])


if __name__ == "__main__":
    KEPT.write_text(messages(), encoding="utf-8")
