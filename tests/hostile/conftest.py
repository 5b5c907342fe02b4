"""The samples of the fuzz are input, not tests."""

collect_ignore = ["corpus"]
