"""The worked cases of `rules/cases/` are tests, one item per case; where Spark is required, its tests run or fail."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

pytest_plugins = ["cpf_funding.testing.pytest_plugin"]


def of_cases(node: pytest.Collector | pytest.Item) -> bool:
    """Whether it is a file of worked cases, or one of them."""
    return node.path.suffix == ".yaml"


@contextmanager
def unmeasured(config: pytest.Config) -> Iterator[None]:
    """Outside the measure of coverage, which triples the time of what it looks at; `make assurance` measures all."""
    plugin = config.pluginmanager.getplugin("_cov")
    measure = plugin.cov_controller if plugin is not None else None
    if measure is None or "MEASURE_ALL" in os.environ:
        yield
        return
    measure.pause()
    try:
        yield
    finally:
        measure.resume()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Thousands of worked cases are read without measure: other tests show that cases are read."""
    if not of_cases(collector):
        return (yield)
    with unmeasured(collector.config):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Worked cases and slow tests repeat what others run, thousands of times: coverage is measured without them."""
    if not of_cases(item) and item.get_closest_marker("slow") is None:
        return (yield)
    with unmeasured(item.config):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """`make spark` sets SPARK_REQUIRED: a test of Spark that is skipped there is a failure."""
    report = yield
    if report.skipped and item.get_closest_marker("spark") is not None and "SPARK_REQUIRED" in os.environ:
        report.outcome = "failed"
    return report
