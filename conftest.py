"""The worked cases of `rules/cases/` are tests, one item per case; where Spark is required, its tests run or fail."""

import os
from collections.abc import Generator

import pytest

pytest_plugins = ["cpf_funding.testing.pytest_plugin"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """`make spark` sets SPARK_REQUIRED: a test of Spark that is skipped there is a failure."""
    report = yield
    if report.skipped and item.get_closest_marker("spark") is not None and "SPARK_REQUIRED" in os.environ:
        report.outcome = "failed"
    return report
