"""Damage right files, by thousands, and see that each is read or refused with our error.

    python scripts/fuzz.py --runs 5000            # for each reader; rewrites the figures of docs/assurance.md
    python scripts/fuzz.py --runs 500 --reader rules --seed 7

A text that breaks something is made as small as can be, and kept in `tests/hostile/corpus/<reader>/found_<digest>`
(an official list: in `tests/data/import_fuzz`), which the test suite reads from then on. The script then fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from hostile.fuzz import CORPUS, attempt, texts  # noqa: E402  (found once the folder of the tests is)
from hostile.readers import READERS  # noqa: E402
from properties.test_import_fuzz import KEPT, PIECES, SAMPLES, reads_or_refuses  # noqa: E402

FIGURES = ROOT / "docs" / "assurance" / "fuzz.json"
IMPORT = "import"
"""The official lists, which are bytes and archives rather than texts."""


def _spoilt(sample: bytes, damages: list[tuple[float, int, bytes]]) -> bytes:
    """Some bytes with pieces put in the place of a few of them."""
    for share, length, piece in damages:
        start = int(share * len(sample))
        sample = sample[:start] + piece + sample[start + length :]
    return sample


def inputs(reader: str) -> st.SearchStrategy[bytes]:
    """Right files of a reader, with a few damages."""
    if reader != IMPORT:
        return texts(reader)
    place = st.tuples(st.floats(0, 1, width=32), st.integers(0, 40), PIECES | st.binary(max_size=4))
    return st.builds(_spoilt, st.sampled_from(SAMPLES), st.lists(place, min_size=1, max_size=4))


def tried(reader: str, data: bytes) -> str:
    """What came of a file: `refused`, `planned`, `plan refused` or `read`; any other error goes through."""
    if reader != IMPORT:
        return attempt(reader, data)
    with TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(data)
        return "refused" if reads_or_refuses(path, "rs") is None else "read"


def fuzz(reader: str, runs: int, first: int) -> tuple[Counter[str], bytes | None]:
    """What came of the texts, and the smallest that broke something."""
    outcomes: Counter[str] = Counter()
    broke: list[bytes] = []

    @seed(first)
    @settings(
        max_examples=runs, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(inputs(reader))
    def check(data: bytes) -> None:
        try:
            outcomes[tried(reader, data)] += 1
        except Exception:
            broke.append(data)
            raise

    try:
        check()
    except Exception:
        traceback.print_exc(limit=-4)
    return outcomes, broke[-1] if broke else None


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when nothing broke."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", choices=sorted([*READERS, IMPORT]), action="append")
    asked = parser.parse_args(arguments)
    figures: dict[str, dict[str, int]] = {}
    failed = 0
    for reader in asked.reader or [*READERS, IMPORT]:
        outcomes, broke = fuzz(reader, asked.runs, asked.seed)
        figures[reader] = {
            "runs": outcomes.total(),
            **dict(sorted(outcomes.items())),
            "crashes": int(broke is not None),
        }
        print(f"{reader}: {figures[reader]}", flush=True)
        if broke is not None:
            failed += 1
            folder = KEPT if reader == IMPORT else CORPUS / reader
            found = folder / f"found_{sha256(broke).hexdigest()[:12]}.{_suffix(reader)}"
            found.write_bytes(broke)
            print(f"kept as {found.relative_to(ROOT)}")
    if asked.reader is None:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


def _suffix(reader: str) -> str:
    return {"json": "json", "history": "csv", "case": "txt", IMPORT: "bin"}.get(reader, "yaml")


if __name__ == "__main__":
    sys.exit(main())
