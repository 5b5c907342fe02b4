"""What a person reads of each mistake, to the letter: `python -m hostile.messages` in `tests/` accepts a change."""

from __future__ import annotations

from hostile.messages import KEPT, messages


def test_every_message_is_the_one_that_was_read_and_kept() -> None:
    assert KEPT.read_text(encoding="utf-8").splitlines() == messages().splitlines()
