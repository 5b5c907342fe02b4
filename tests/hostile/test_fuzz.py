"""A fixed number of damaged files for each reader; `python scripts/fuzz.py` tries as many as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostile.fuzz import CORPUS, attempt, texts
from hostile.readers import READERS

RUNS = {"dossier": 250, "json": 150, "rules": 250, "list": 60, "overlay": 150, "case": 120, "history": 150}


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_file_is_read_or_refused(reader: str) -> None:
    seen: set[str] = set()

    @settings(max_examples=RUNS[reader], suppress_health_check=list(HealthCheck))
    @given(texts(reader))
    def check(data: bytes) -> None:
        seen.add(attempt(reader, data))

    check()
    assert "refused" in seen
    assert seen - {"refused"}  # the damages are small: some files can still be read


@pytest.mark.parametrize("path", sorted(CORPUS.rglob("*.*")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_corpus(path: Path) -> None:
    """Files that are right are read; those that once broke something (`found_*`) are read or refused."""
    outcome = attempt(path.parent.name, path.read_bytes())
    assert outcome in ("planned", "read") or path.stem.startswith("found_")


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(sorted(READERS)))
def test_any_bytes(data: bytes, reader: str) -> None:
    attempt(reader, data)
