"""Put one mistake at a time in the rules, and see whether a worked case notices.

    python scripts/mutate_rules.py                          # every mutant: half an hour
    python scripts/mutate_rules.py --sample 1500 --seed 1   # so many at random, always the same
    python scripts/mutate_rules.py --only ft.aif            # those whose id holds these words, and nothing is written

A mutant is killed when the reader refuses the rules that hold it, or when a case that passed does not pass any more.
What only other rooms read (income, rights earned) is put to their tests. A survivor that no plan could show, or that is
named in `tests/mutation/equivalent.yaml` with the reason, is equivalent; the others are in
`tests/mutation/survivors.txt`. The script fails when a mutant lives that neither holds; `--accept` writes them there.
What was judged is kept in `build/`, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import yaml
from rule_mutants import Mutant, mutants

from cpf_funding import Rulebook, build_plan, load_rulebook
from cpf_funding.facts import read_facts
from cpf_funding.language.context import Context, PlanView
from cpf_funding.language.evidence import to_settle, unmet
from cpf_funding.reading.places import AT
from cpf_funding.rulebook.book import Aid
from cpf_funding.testing.cases import Case, case_files, dossier_of, read_cases, run_case
from cpf_funding.truth import Truth

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = ROOT / "tests" / "mutation" / "equivalent.yaml"
SURVIVORS = ROOT / "tests" / "mutation" / "survivors.txt"
FIGURES = ROOT / "docs" / "assurance" / "rule_mutants.json"
JUDGED = ROOT / "build" / "rule_mutants.jsonl"
ASKED = ROOT / "build" / "rule_cases.json"
"""By digest, the marks of those asked: their verdict stands while they are the same, and the others may add to it."""
HIDDEN = "aucune aide ne lit cette valeur ces jours-là, ou elle n'y est connue ni avec ni sans l'erreur"
PASS, SAME, UNSPOKEN = "des cas y passent", "rien de ce qu'ils attendent ne change", "aucun ne parle de l'aide"
OTHER_ROOMS = ("tests/unit/test_income.py", "tests/unit/test_accrual.py", "tests/unit/test_dated_tables.py")
"""The tests of what reads parameters and is no aid."""


class Witness:
    """A case: what it shows the rules, and the aids that it speaks of. Its plan is built when first asked for."""

    def __init__(self, case: Case, book: Rulebook) -> None:
        self.case, self.book, self.dossier = case, book, dossier_of(case)
        on = case.on or self.dossier.as_of
        if on is None:
            raise ValueError(f"{case.id}: neither on nor as_of")
        self.on, self.start = on, self.dossier.training.start
        self.scoped = self._scoped()
        self.mark = sha256(repr((case.id, on, _untold(case.data), case.expect)).encode()).hexdigest()[:16]
        self.named = frozenset(_words(case.expect.model_dump())) & {aid.id for aid in book.aids}

    @cached_property
    def asked(self) -> frozenset[str]:
        """The aids that the plan does not refuse."""
        plan = build_plan(self.dossier, self.book, self.on)
        return frozenset(verdict.aid for verdict in plan.verdicts if verdict.state is not Truth.NO)

    @cached_property
    def passes(self) -> bool:
        """Whether the rules as they are give what the case expects."""
        return not run_case(self.case, self.book)

    def reads(self, aid: Aid, part: str) -> object:
        """All that a plan may keep of a condition: its truth, and when it does not hold, why and for want of what."""
        evidence = getattr(aid, part)(self.context)
        failing = list(unmet(evidence)) if evidence.truth is not Truth.YES else []
        return evidence.truth, {each.cause for each in failing}, {name for each in failing for name in to_settle(each)}

    @cached_property
    def context(self) -> Context:
        """What a condition that looks at no plan is asked with."""
        declared = {name: fact for name, fact in self.book.facts.items() if name in self.dossier.answers}
        facts = read_facts(self.dossier, self.on, declared)
        return Context(facts, self.on, self.start, self.dossier.local.envelopes, PlanView(frozenset(), {}, lambda _: 0))

    def _scoped(self) -> frozenset[str]:
        told = {each.aid for each in (*self.dossier.overrides, *self.dossier.local.already_asked)}
        return frozenset(
            aid.id for aid in self.book.aids
            if aid.id in told or aid.scope is None or aid.scope(self.context).truth is not Truth.NO
        )  # fmt: skip


class Lived(NamedTuple):
    """A mutant that nobody noticed: the cases that were asked, and why."""

    cases: frozenset[str]
    why: str


NEVER = Lived(frozenset(), "")
"""No case was asked yet."""


class Court:
    """The rules, the witnesses, and the verdict on each mutant."""

    def __init__(self, rules: Path | None = None, cases: Path | None = None) -> None:
        self.book = load_rulebook(rules=rules)
        files = case_files(rules or ROOT / "rules") if cases is None else sorted(cases.rglob("*.yaml"))
        read = (case for path in files for case in read_cases(path))
        self.witnesses = [Witness(case, self.book) for case in read if case.expect.error is None]

    @cached_property
    def marks(self) -> dict[str, set[str]]:
        """Who may notice a mutant, with the marks of what goes by that name today: a case rewritten is another one."""
        tests = "".join((ROOT / name).read_text(encoding="utf-8") for name in OTHER_ROOMS)
        marks = {"reader": {"reader"}, "tests": {sha256(tests.encode()).hexdigest()[:16]}}
        for witness in self.witnesses:
            marks.setdefault(witness.case.id, set()).add(witness.mark)
        return marks

    @cached_property
    def asked(self) -> list[str]:
        """The marks of all of them."""
        return sorted(set().union(*self.marks.values()))

    @cached_property
    def digest(self) -> str:
        """What decides a verdict besides the rules: the cases, and the tests of other rooms."""
        return sha256("".join(self.asked).encode()).hexdigest()

    @cached_property
    def others_pass(self) -> bool:
        """Whether the tests of other rooms accept the rules as they are."""
        return not _other_rooms_notice(self.book)

    def judge(self, mutant: Mutant, before: str | None = None, lived: Lived = NEVER) -> tuple[str | None, str]:
        """Who notices the mutant (`reader`, `tests`, the id of a case; `None`: nobody), and why nobody does.

        `before`, who noticed it under other rules, is asked first; the cases through which it `lived` are not.
        """
        if mutant.hidden:
            return None, HIDDEN
        book = mutant.book()
        if book is None:
            return "reader", ""
        if not mutant.aids:
            if not self.others_pass:
                raise SystemExit("the tests of other rooms fail without any mutant")
            return ("tests", "") if _other_rooms_notice(book) else (None, "aucun essai de revenus ou de droits")
        called, spoken = lived.why.startswith(PASS), lived.why == f"{PASS}, {SAME}"
        asked = [w for w in self.witnesses if w.case.id == before]
        asked += sorted(self.witnesses, key=lambda w: (bool(w.case.expect.remedies), not w.named & mutant.aids))
        asked = [witness for witness in asked if witness.mark not in lived.cases]
        for witness in asked:
            if not mutant.shows(witness) or not self._differs(mutant, book, witness):
                continue
            if witness.passes and run_case(witness.case, book):
                return witness.case.id, ""
            called, spoken = True, spoken or bool(witness.named & mutant.aids)
        if not called:
            return None, "aucun cas n'y passe"
        return None, f"{PASS}, {SAME if spoken else UNSPOKEN}"

    def _differs(self, mutant: Mutant, book: Rulebook, witness: Witness) -> bool:
        """Whether the condition that a mutant changes says anything else for a case; yes for all other mutants."""
        if mutant.part is None:
            return True
        (id,) = mutant.aids
        return witness.reads(book.aid(id), mutant.part) != witness.reads(self.book.aid(id), mutant.part)


def _untold(value: Any) -> Any:
    """A dossier as written, without the places where: a case that only moves in its file is the same."""
    if isinstance(value, list):
        return [_untold(item) for item in value]
    return {key: _untold(item) for key, item in value.items() if key != AT} if isinstance(value, dict) else value


def _words(value: Any) -> Iterable[str]:
    """The texts and keys of what a case expects, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _words(inner)


def _other_rooms_notice(book: Rulebook) -> bool:
    """Whether a test of another room fails with these rules in the place of those it loads."""
    import pytest

    class Rules:
        def pytest_collection_modifyitems(self, items: list[Any]) -> None:
            for module in {item.module for item in items}:
                if not hasattr(module, "packaged"):
                    raise RuntimeError(f"{module.__name__} does not say where its rules come from")
                module.packaged = lambda: book

    with redirect_stdout(StringIO()), TemporaryDirectory() as place:
        options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:unraisableexception", f"--basetemp={place}/tests"]
        names = [str(ROOT / name) for name in OTHER_ROOMS]
        code = pytest.main([*options, "--no-header", "--import-mode=importlib", *names], plugins=[Rules()])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"{OTHER_ROOMS} cannot run: {code!r}")
    return code is pytest.ExitCode.TESTS_FAILED


# Which mutants, and which may live ---------------------------------------------------------------


def equivalents() -> list[tuple[str, str]]:
    """The patterns of mutants that change nothing anyone could see, each with its reason."""
    listed = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return [(each["mutant"], each["reason"]) for each in listed]


def matches(mutant: str, pattern: str) -> bool:
    """Brackets are plain characters in a pattern, `*` any text."""
    return fnmatchcase(mutant, pattern.replace("[", "[[]"))


def survivors() -> set[str]:
    """The mutants known to live."""
    lines = SURVIVORS.read_text(encoding="utf-8").splitlines() if SURVIVORS.is_file() else []
    return {line.partition(" | ")[0] for line in lines if not line.startswith("#")}


def judged(court: Court) -> tuple[dict[str, tuple[str | None, str]], dict[str, str], dict[str, Lived]]:
    """What earlier runs found with the same rules; who noticed what under others; what lived through fewer cases."""
    told: dict[str, list[str]] = json.loads(ASKED.read_text(encoding="utf-8")) if ASKED.is_file() else {}
    asked = {digest: frozenset(marks) for digest, marks in told.items()}
    found, before, lived = dict[str, tuple[str | None, str]](), dict[str, str](), dict[str, Lived]()
    for line in JUDGED.read_text(encoding="utf-8").splitlines() if JUDGED.is_file() else []:
        rules, under, id, killer, why = json.loads(line)
        same, marks = rules == court.book.digest and under in asked, court.marks.get(killer)
        if same and (under == court.digest or (marks is not None and marks <= asked[under])):
            found[id] = killer, why
        elif marks is not None:
            before[id] = killer
        elif same and killer is None:
            lived[id] = Lived(asked[under], why)
    JUDGED.parent.mkdir(exist_ok=True)
    ASKED.write_text(json.dumps(told | {court.digest: court.asked}), encoding="utf-8")
    return found, before, lived


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every mutant that lives is known."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, help="this many mutants, at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="those whose id holds these words")
    parser.add_argument("--accept", action="store_true", help="write the survivors that were not known")
    parser.add_argument("--verbose", action="store_true", help="who kills each one")
    asked = parser.parse_args(arguments)
    court = Court()
    every = [mutant for mutant in mutants(court.book) if asked.only in mutant.id]
    made = every
    if asked.sample is not None:
        made = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))
    (found, before, lived), patterns = judged(court), equivalents()
    verdicts: dict[str, tuple[str | None, str]] = {}
    with JUDGED.open("a", encoding="utf-8") as log:
        for mutant in made:
            verdict = found.get(mutant.id)
            if verdict is None:
                verdict = court.judge(mutant, before.get(mutant.id), lived.get(mutant.id, NEVER))
                print(json.dumps([court.book.digest, court.digest, mutant.id, *verdict]), file=log, flush=True)
            verdicts[mutant.id] = verdict
            if asked.verbose:
                print(f"{mutant.id} | {verdict[0] or verdict[1]}", flush=True)
    killed = {id for id, (killer, _) in verdicts.items() if killer is not None}
    named = {id for id in verdicts.keys() - killed if any(matches(id, pattern) for pattern, _ in patterns)}
    hidden = {id for id, (_, why) in verdicts.items() if why == HIDDEN}
    alive = {id: why for id, (_, why) in verdicts.items() if id not in killed | named | hidden}
    new = sorted(alive.keys() - survivors())
    for pattern, _ in patterns:
        if any(matches(id, pattern) for id in killed):
            print(f"called equivalent, but killed: {pattern}")
    print(f"{len(made)} mutants of {len(every)}: {len(killed)} killed, {len(hidden)} that no plan shows, "
          f"{len(named)} equivalent, {len(alive) - len(new)} known survivors, {len(new)} new ones")  # fmt: skip
    if asked.only:
        return 0
    if asked.accept:
        _write(every, made, killed, hidden | named, alive, len(court.witnesses), asked.seed)
        return 0
    for id in new:
        print(f"survives, unknown until now: {id} | {alive[id]}")
    return 1 if new else 0


def _write(
    every: Sequence[Mutant], made: Sequence[Mutant], killed: set[str], same: set[str], alive: dict[str, str],
    cases: int, seed: int,
) -> None:  # fmt: skip
    kinds = {kind: [m.id for m in made if m.kind == kind] for kind in sorted({m.kind for m in made})}
    figures = {
        "made": len(every), "tried": len(made), "seed": seed, "killed": len(killed), "equivalent": len(same),
        "alive": len(alive), "cases": cases, "alive_by_reason": dict(sorted(Counter(alive.values()).items())),
        "by_kind": {
            kind: {"tried": len(ids), "killed": len(killed & set(ids)), "equivalent": len(same & set(ids))}
            for kind, ids in kinds.items()
        },
    }  # fmt: skip
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [f"{id} | {why}" for id, why in sorted(alive.items())]
    head = "# Erreurs qu'aucun cas ne remarque, et pourquoi ; écrit par scripts/mutate_rules.py (make mutate-rules)."
    SURVIVORS.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
