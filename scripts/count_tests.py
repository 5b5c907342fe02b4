"""A pytest plugin: how many tests, worked cases and properties a run holds, and how many inputs Hypothesis made.

    PYTHONPATH=scripts pytest -p count_tests --counts counts.json

A property is a test function for which inputs are made, whatever its parameters; inputs that it refuses do not count.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis.statistics import collector

_ACCEPTED = ("valid", "interesting")


class Counts:
    """What this process ran; with several processes, the first adds up what the others send."""

    def __init__(self, target: Path) -> None:
        self.target, self.found, self.properties = target, Counter[str](), set[str]()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self.found["tests"] += 1
        self.found["worked_cases"] += item.nodeid.startswith("rules/cases/")
        told = collector.value

        def note(statistics: Any) -> None:
            self.properties.add(item.nodeid.partition("[")[0])
            phases = (value["test-cases"] for key, value in statistics.items() if key.endswith("-phase"))
            self.found["generated"] += sum(case["status"] in _ACCEPTED for cases in phases for case in cases)
            if told is not None:
                told(statistics)

        with collector.with_value(note):
            return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        sent = getattr(node, "workeroutput", {})
        self.found.update(sent.get("counts", {}))
        self.properties.update(sent.get("properties", ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        sent = getattr(session.config, "workeroutput", None)
        if sent is not None:
            sent.update(counts=dict(self.found), properties=sorted(self.properties))
        else:
            counts = {**self.found, "properties": len(self.properties)}
            self.target.write_text(json.dumps(dict(sorted(counts.items()))) + "\n", encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--counts", type=Path, help="where to write how many tests, properties and inputs there were")


def pytest_configure(config: pytest.Config) -> None:
    target = config.getoption("--counts")
    if target is not None:
        config.pluginmanager.register(Counts(target), "counts")
