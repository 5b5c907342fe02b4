"""What is built holds what it must, builds to the same bytes, and works once installed elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("packaging")]

LOAD = """
import sys, cpf_funding
from cpf_funding.rulebook.location import packaged_rules
assert cpf_funding.load_rulebook().aids, "no aid"
extras = {"click", "defusedxml", "duckdb", "narwhals", "pandas", "polars", "pyarrow", "pyspark"} & set(sys.modules)
assert not extras, f"imported without being asked: {extras}"
print(packaged_rules())
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """The output of a command run outside this process's Python and coverage settings; it must succeed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Distributions:
    """A wheel and a source distribution, both built directly from one source tree."""

    wheel: Path
    sdist: Path

    @classmethod
    def build(cls, source: Path, into: Path) -> Distributions:
        command = ("-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", into, source)
        run(sys.executable, *command, cwd=into.parent, SOURCE_DATE_EPOCH="1700000000")
        (wheel,), (sdist,) = into.glob("*.whl"), into.glob("*.tar.gz")
        return cls(wheel, sdist)

    def names(self) -> tuple[set[str], set[str]]:
        """Files of the wheel, and of the source distribution without its top directory."""
        with zipfile.ZipFile(self.wheel) as wheel, tarfile.open(self.sdist) as sdist:
            return set(wheel.namelist()), {name.partition("/")[2] for name in sdist.getnames()}

    def digests(self) -> tuple[str, str]:
        return sha256(self.wheel.read_bytes()).hexdigest(), sha256(self.sdist.read_bytes()).hexdigest()

    def unpack(self, into: Path) -> Path:
        with tarfile.open(self.sdist) as sdist:
            sdist.extractall(into, filter="data")
        (top,) = into.iterdir()
        return top


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return Distributions.build(ROOT, tmp_path_factory.mktemp("built") / "dist")


@pytest.fixture(scope="session")
def unpacked(built: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built.unpack(tmp_path_factory.mktemp("unpacked"))


@pytest.fixture(scope="session")
def elsewhere(built: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment where only the wheel and what it requires were installed."""
    place = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", place, cwd=place)
    run(place / "bin/python", "-m", "pip", "install", "--quiet", built.wheel, cwd=place)
    return place / "bin/python"


def relative(directory: Path) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}


def test_the_wheel_holds_the_package_the_rules_and_the_licence(built: Distributions) -> None:
    wheel, _ = built.names()
    info = next(name.partition("/")[0] for name in wheel if ".dist-info/" in name)
    assert {"cpf_funding/py.typed", f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE"} <= wheel
    assert {f"cpf_funding/_rules/{name}" for name in relative(ROOT / "rules")} <= wheel
    assert {name.partition("/")[0] for name in wheel} == {"cpf_funding", info}


def test_the_wheel_holds_no_test(built: Distributions) -> None:
    wheel, _ = built.names()
    assert not [name for name in wheel if "tests/" in name or name.rpartition("/")[2].startswith(("test_", "conftest"))]


def test_the_sdist_holds_what_builds_and_tests_the_project(built: Distributions) -> None:
    _, sdist = built.names()
    assert {"pyproject.toml", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "tests/conftest.py"} <= sdist
    assert {f"rules/{name}" for name in relative(ROOT / "rules")} <= sdist
    assert not [name for name in sdist if name.startswith((".venv", ".ci/venv", "dist/", "docs/_build/"))]


def test_the_same_source_builds_to_the_same_bytes(built: Distributions, unpacked: Path, tmp_path: Path) -> None:
    """Built again elsewhere, from the unpacked source distribution and with other file times."""
    for path in unpacked.rglob("*"):
        os.utime(path, (0, 2_000_000_000))
    assert Distributions.build(unpacked, tmp_path / "dist").digests() == built.digests()


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_the_rules_load_once_installed(
    kind: str, built: Distributions, unpacked: Path, elsewhere: Path, tmp_path: Path
) -> None:
    what = {"wheel": [built.wheel], "sdist": [built.sdist], "editable": ["--editable", unpacked]}[kind]
    options = ("--quiet", "--no-deps", "--force-reinstall")
    run(elsewhere, "-m", "pip", "install", *options, *what, cwd=tmp_path)
    rules = Path(run(elsewhere, "-W", "error", "-c", LOAD, cwd=tmp_path).strip())
    assert rules == unpacked / "rules" if kind == "editable" else rules.is_relative_to(elsewhere.parent.parent)
