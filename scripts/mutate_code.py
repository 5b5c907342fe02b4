"""Put one mistake at a time in the code of the first rooms (mutmut), and see whether a test notices.

    python scripts/mutate_code.py                             # every mutant of every room: several hours
    python scripts/mutate_code.py --sample 800 --seed 1       # so many, always the same; rewrites the figures
    python scripts/mutate_code.py --only 'cpf_funding.money.*'

mutmut works in `build/mutants`, a copy of the project, with the tests on small rulebooks; what these let live is then
put to rules said in French and to some worked cases. What was judged there is kept until the code changes; what
lived is tried again. A survivor that no test could ever kill is in `tests/mutation/equivalent_code.yaml`, with the
reason; the others are in `tests/mutation/survivors_code.txt`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "mutants"
STATS = WORK / "mutants" / "mutmut-stats.json"
"""Which tests see which function, learned again each time: mutmut does not see that a function was renamed."""
FIGURES = ROOT / "docs" / "assurance" / "code_mutants.json"
EQUIVALENT = ROOT / "tests" / "mutation" / "equivalent_code.yaml"
SURVIVORS = ROOT / "tests" / "mutation" / "survivors_code.txt"
COPIED = (
    "src", "tests", "rules", "docs", "scripts", "benchmarks", "conftest.py", "pyproject.toml", "Makefile", "README.md",
    "LICENSE", "NOTICE", "CHANGELOG.md",
)  # fmt: skip
ROOMS = ("money.py", "truth.py", "calendars.py", "language/*", "engine/*")
ELSEWHERE = ("language/columns*",)
"""What a table of dossiers needs: its tests compare it with the engine, plan by plan."""
WHOLE = (
    "tests/unit/test_render.py", "rules/cases/allocation.yaml", "rules/cases/causes.yaml", "rules/cases/refus.yaml",
)  # fmt: skip
"""What loads the rules that are shipped: longer than all the small tests together."""
PATIENCE = 300
"""Seconds of a mutant before whole plans, past which it is taken for one without end."""
READS_SOURCE = ("tests/unit/test_sentences.py::test_every_kind_of_evidence_of_the_code_can_be_said",)
"""A test that reads the text of the code, which the copy no longer is."""
_KILLED, _ALIVE, _UNSEEN, _TIMED_OUT = {1, 3}, 0, {5, 33}, {36, -24, 24, 152, 255}


def small() -> list[str]:
    """The tests of a module or of the engine that do not load the rules that are shipped."""
    files = sorted(path for folder in ("unit", "engine") for path in (ROOT / "tests" / folder).glob("test_*.py"))
    names = [str(path.relative_to(ROOT)) for path in files if "load_rulebook()" not in path.read_text(encoding="utf-8")]
    return [name for name in names if name not in WHOLE]


def copy(tests: Iterable[str]) -> None:
    """The project as it is, put in `WORK` with the settings of mutmut; what was already judged there is kept."""
    WORK.mkdir(parents=True, exist_ok=True)
    STATS.unlink(missing_ok=True)
    for name in COPIED:
        source, target = ROOT / name, WORK / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "_build", "reference"))
        else:
            shutil.copy2(source, target)
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", *(part for name in READS_SOURCE for part in _not(name))]
    settings = {
        "source_paths": ["src"], "only_mutate": [f"src/cpf_funding/{room}" for room in ROOMS],
        "do_not_mutate": [f"src/cpf_funding/{room}" for room in ELSEWHERE],
        "also_copy": [name for name in COPIED if name not in ("src", "tests", "pyproject.toml")],
        "pytest_add_cli_args": options, "pytest_add_cli_args_test_selection": list(tests), "use_setproctitle": False,
        "timeout_constant": 5.0, "timeout_multiplier": 2.0,
    }  # fmt: skip
    written = (WORK / "pyproject.toml").read_text(encoding="utf-8").replace(', "--dist=loadgroup"', "")
    table = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    (WORK / "pyproject.toml").write_text(f"{written}\n[tool.mutmut]\n{table}\n", encoding="utf-8")


def _not(test: str) -> tuple[str, str]:
    return "--deselect", test


def results() -> dict[str, int | None]:
    """What mutmut knows of each mutant: the exit code of its tests, `None` when they did not run."""
    found: dict[str, int | None] = {}
    for path in sorted((WORK / "mutants" / "src").rglob("*.meta")):
        found.update(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])
    return found


def run(names: Sequence[str]) -> None:
    """Judge these mutants; of no mutant at all: only make every mutant, and learn which tests see which function."""
    command = [sys.executable, "-m", "mutmut", "run", *(names or ["none*"])]
    with (WORK / "mutmut.log").open("ab") as log:
        done = subprocess.run(command, cwd=WORK, stdout=log, stderr=subprocess.STDOUT, check=False)
    if names and done.returncode:
        raise SystemExit(f"mutmut stopped with {done.returncode}: see {WORK / 'mutmut.log'}")
    if not results():
        raise SystemExit(f"mutmut made no mutant: see {WORK / 'mutmut.log'}")


def shown(name: str) -> str:
    """A mutant in one line that does not depend on its rank: the function, the line as it was and as it became."""
    command = [sys.executable, "-m", "mutmut", "show", name]
    told = subprocess.run(command, cwd=WORK, capture_output=True, text=True, check=True).stdout
    changes = [line for line in told.splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
    before, after = (" ".join(line[1:].strip() for line in changes if line[0] == sign) for sign in "-+")
    place = re.sub(r"__mutmut_\d+$", "", name).removeprefix("cpf_funding.")
    place = re.sub(r"\.xǁ(\w+)ǁ", r".\1.", place).replace(".x_", ".")
    return f"{place} | {before} | {after}"


def judge(names: Sequence[str]) -> tuple[set[str], set[str], list[str]]:
    """The mutants that a test kills, those that never end, and those that live."""
    known = results()
    waiting = [name for name in names if known[name] is None or known[name] in (_ALIVE, *_UNSEEN)]
    if waiting:
        run(waiting)
    ended = {name: code for name, code in results().items() if name in set(names)}
    odd = {name: code for name, code in ended.items() if code not in {_ALIVE, *_KILLED, *_UNSEEN, *_TIMED_OUT}}
    if odd:
        raise SystemExit(f"mutmut could not judge: {odd}")
    if whole_plans("") != _ALIVE:
        raise SystemExit("the tests on whole plans fail without any mutant")
    for name in [name for name in names if ended[name] == _ALIVE or ended[name] in _UNSEEN]:
        ended[name] = whole_plans(name)
        print(f"{name}: {'lives' if ended[name] == _ALIVE else 'seen by whole plans'}", flush=True)
    late = {name for name, code in ended.items() if code in _TIMED_OUT}
    return {name for name, code in ended.items() if code in _KILLED}, late, [n for n in names if ended[n] == _ALIVE]


def whole_plans(name: str) -> int:
    """How the tests on whole plans end with this mutant: as mutmut says it."""
    place = WORK / "mutants"
    environment = os.environ | {"MUTANT_UNDER_TEST": name, "PYTHONPATH": str(place / "src")}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *WHOLE]
    try:
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return min(_TIMED_OUT)
    return 1 if done.returncode else _ALIVE


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every mutant that lives is known."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, help="this many mutants, at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="*", help="those whose name is like this")
    asked = parser.parse_args(arguments)
    os.environ.pop("MUTANT_UNDER_TEST", None)
    started = time.perf_counter()
    copy(small())
    run(())
    made = sorted(results())
    names = [name for name in made if fnmatchcase(name, asked.only)]
    if asked.sample is not None:
        names = random.Random(asked.seed).sample(names, min(asked.sample, len(names)))
    killed, late, alive = judge(names)
    told = {name: shown(name) for name in alive}
    patterns = [each["mutant"] for each in yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]]
    same = {name for name in alive if any(fnmatchcase(told[name], p.replace("[", "[[]")) for p in patterns)}
    living = sorted({told[name] for name in alive if name not in same})
    minutes = round((time.perf_counter() - started) / 60)
    if asked.only == "*":
        rooms = Counter(_room(name) for name in names)
        dead = Counter(_room(name) for name in killed | late)
        figures = {
            "made": len(made), "tried": len(names), "seed": asked.seed, "killed": len(killed), "endless": len(late),
            "equivalent": len(same), "alive": len(alive) - len(same), "minutes": minutes,
            "by_room": {room: {"tried": rooms[room], "killed": dead[room]} for room in sorted(rooms)},
        }  # fmt: skip
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        head = "# Erreurs du code qu'aucun essai ne remarque ; écrit par scripts/mutate_code.py (make mutate-code)."
        SURVIVORS.write_text("\n".join([head, *living]) + "\n", encoding="utf-8")
    else:
        print("\n".join(living))
    print(f"{len(names)} mutants of {len(made)}, {minutes} min: {len(killed)} killed, {len(late)} without end, "
          f"{len(same)} equivalent, {len(living)} live")  # fmt: skip
    return 0


def _room(name: str) -> str:
    return ".".join(name.split(".")[1:-1])


if __name__ == "__main__":
    sys.exit(main())
