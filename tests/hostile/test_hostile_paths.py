"""Paths that lead nowhere, round in circles, or somewhere else than they look."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cpf_funding import Dossier, InputError, build_plan, load_rulebook, read_dossier
from cpf_funding.engine.history import read_history
from cpf_funding.testing.cases import read_cases, run_case
from hostile.readers import AS_CASE, AS_OVERLAY, BASE, assert_told, placed, rules_with

READ = {
    "dossier": read_dossier,
    "overlay": lambda path: load_rulebook(path, rules=BASE),
    "case": read_cases,
    "history": read_history,
}


def told(reader: str, path: object) -> str:
    with pytest.raises(InputError) as caught:
        READ[reader](path)  # type: ignore[operator]
    assert_told(caught.value)
    return str(caught.value)


@pytest.fixture
def places(tmp_path: Path) -> dict[str, tuple[object, str]]:
    """A path that cannot be read, of each sort, and what must be said of it."""
    for name, target in (("loop", "loop"), ("there", "back"), ("back", "there"), ("broken", "nowhere")):
        (tmp_path / name).symlink_to(tmp_path / target)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "up").symlink_to(tmp_path)
    return {
        "loop": (tmp_path / "loop", "le fichier ne peut pas être lu"),
        "two links": (tmp_path / "there", "le fichier ne peut pas être lu"),
        "link to nothing": (tmp_path / "broken", "le fichier n'existe pas"),
        "folder": (tmp_path / "folder", "pas un fichier"),
        "link to a folder": (tmp_path / "folder" / "up", "pas un fichier"),
        "nothing": (tmp_path / "absent.yaml", "le fichier n'existe pas"),
        "nul": (f"{tmp_path}/a\0b", "le fichier ne peut pas être lu"),
        "too long": (tmp_path / ("x" * 300), "le fichier ne peut pas être lu"),
        "below a file": (Path(__file__) / "x", "le fichier ne peut pas être lu"),
        "empty": ("", ""),
        "without end": ("/dev/zero", "dépasse"),
    }


@pytest.mark.parametrize("reader", READ)
@pytest.mark.parametrize(
    "name",
    ["loop", "two links", "link to nothing", "folder", "link to a folder", "nothing", "nul", "too long", "below a file",
     "empty"],
)  # fmt: skip
def test_a_path_that_cannot_be_read(reader: str, name: str, places: dict[str, tuple[object, str]]) -> None:
    path, message = places[name]
    assert message in told(reader, path)


@pytest.mark.parametrize("reader", ["dossier", "overlay", "case"])
def test_a_file_without_end(reader: str, places: dict[str, tuple[object, str]]) -> None:
    """A device that never stops giving bytes: no more than the limit is taken."""
    path, message = places["without end"]
    assert message in told(reader, path)


def test_links_inside_a_rules_folder(tmp_path: Path) -> None:
    """A link in a circle is one more file that cannot be read; the other mistakes are told with it."""
    rules = rules_with(b"x: 1\n", tmp_path)
    (rules / "national" / "a.yaml").symlink_to(rules / "national" / "a.yaml")
    (rules / "regions").symlink_to(rules)
    with pytest.raises(InputError) as caught:
        load_rulebook(rules=rules)
    assert_told(caught.value)
    assert "a.yaml : le fichier ne peut pas être lu" in str(caught.value)
    assert "clé inconnue « x »" in str(caught.value)


@pytest.mark.parametrize("rules", ["nowhere", __file__, "a\0b"])
def test_a_rules_folder_that_is_none(rules: str) -> None:
    with pytest.raises(InputError):
        load_rulebook(rules=rules)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..", "national/../../x", "c:\\windows", "-rf", "$(id)", "a\0b", "%2e%2e"],
)
def test_no_name_written_in_a_file_becomes_a_path(name: str, tmp_path: Path) -> None:
    """An overlay names aids, parameters, lists, sources and itself: none of these names opens a file."""
    quoted = '"' + name.replace("\\", "\\\\").replace("\0", "\\0") + '"'
    for text in (
        f"schema: cpf-funding/overlay/1\noverlay: {quoted}\nlevel: agency\n",
        AS_OVERLAY.decode() + f"close: {{{quoted}: {{from: 2017-01-01, reason: x, source: essai}}}}\n",
        AS_OVERLAY.decode() + f"lists: {{{quoted}: {{source: essai, entries: [{{code: 'RNCP1'}}]}}}}\n",
        AS_OVERLAY.decode()
        + f"values: [{{parameter: {quoted}, from: 2017-01-01, replaces: 1, value: 2, source: x}}]\n",
        AS_OVERLAY.decode() + f"close: {{agence.aide: {{from: 2017-01-01, reason: x, source: {quoted}}}}}\n",
    ):
        with opening() as opened:
            message = told("overlay", placed(text.encode(), tmp_path / "local.yaml"))
        assert "root:" not in message
        assert not [path for path in opened if "passwd" in path or "windows" in path]


_LISTENING: list[list[str]] = []


@contextmanager
def opening() -> Iterator[list[str]]:
    """Fills the list with every path that the interpreter is asked to open."""
    seen: list[str] = []
    _LISTENING.append(seen)
    yield seen
    _LISTENING.remove(seen)


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        for seen in _LISTENING:
            seen.append(str(arguments[0]))


@pytest.fixture(scope="module", autouse=True)
def _listener() -> None:
    sys.addaudithook(_listen)


def test_a_case_reads_its_dossier_as_a_dossier(tmp_path: Path) -> None:
    """`dossier_file` may lead wherever the person who runs the case may read; what is there is only ever a dossier."""
    secret = placed(b"login: alice\npassword: hunter2\n", tmp_path / "secret")
    text = AS_CASE + f"dossier_file: {os.path.relpath(secret, tmp_path)}\n".encode()
    (case,) = read_cases(placed(text, tmp_path / "cases.yaml"))
    (difference,) = run_case(case, load_rulebook(rules=BASE))
    assert "clé inconnue « login »" in str(difference)
    assert "hunter2" not in str(difference)
    assert "alice" not in str(difference)


@pytest.mark.parametrize("target", ["absent.yaml", ".", "/dev/zero", "cases.yaml"])
def test_a_case_whose_dossier_cannot_be_read(target: str, tmp_path: Path) -> None:
    """The file of the case itself as its dossier: read once, as a dossier, and refused."""
    path = placed(AS_CASE + f"dossier_file: {target}\n".encode(), tmp_path / "cases.yaml")
    if target == "cases.yaml":
        assert len(read_cases(path)) == 1
    else:
        assert told("case", path)


def test_nothing_of_a_dossier_becomes_a_path() -> None:
    dossier = Dossier.model_validate(
        {
            "id": "../../etc/passwd",
            "as_of": "2017-03-01",
            "training": {"costs": {"teaching": "10"}, "title": "/dev/zero"},
        }
    )
    rulebook = load_rulebook(rules=BASE)
    with opening() as opened:
        build_plan(dossier, rulebook)
    assert not [path for path in opened if path in ("../../etc/passwd", "/dev/zero")]
