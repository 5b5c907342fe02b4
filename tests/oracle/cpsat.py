"""Solver B: integer programming (OR-tools CP-SAT) over explicit splits. For about 25 aids and real cents.

`allocate` maximises the amounts one after the other. `best` leaves the configuration to the solver, as one boolean per
aid; that each aid pays the most it can is then a condition of the model, by a certificate. An aid that stays below its
capacity comes with a set T of lines: every line it covers is in T, the aids up to it pay T in full, and those of them
that pay on T cover nothing outside T. They cannot leave T in any split, so it could not pay more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from ortools.sat.python import cp_model

from oracle.model import Aid, Below, Best, Capacity, Fixed, Matching, Problem, ShareOfRemaining, as_best

Expr = cp_model.LinearExpr
Criterion = tuple[Expr, int]
"""What to minimise, and how far apart two of its values can be."""
ONE_SOLVE = 2**30
"""Criteria are weighted into one objective up to this range, well inside the solver's integers."""


def allocate(problem: Problem, chosen: Iterable[str]) -> dict[str, int]:
    """What each aid of the configuration `chosen` pays, in order, zeros and mandatory aids included."""
    program = _Program(problem, problem.members(chosen))
    for aid in program.aids:
        program.model.add(program.amount[aid.id] <= program.ceiling(aid.capacity, aid, certified=False))
    return program.least([(-program.amount[aid.id], problem.total) for aid in program.aids])


def best(problem: Problem) -> Best:
    """The best plan of all."""
    program = _Program(problem, problem.in_order)
    taken = _configuration(program)
    for aid in program.aids:
        program.pays_all_it_can(aid, taken[aid.id])
    _spare_own_money(program, taken)
    return as_best(problem, program.least(_criteria(program)))


class _Split:
    """Amounts that fit the lines: variables for what each aid of `aids`, in order, pays on each line it covers."""

    def __init__(self, problem: Problem, model: cp_model.CpModel, aids: Sequence[Aid]) -> None:
        self.costs, self.model, self.aids = problem.costs, model, aids
        self.on = {
            (aid.id, line): model.new_int_var(0, self.costs[line], f"{aid.id} on {line}")
            for aid in aids
            for line in sorted(aid.covers)
        }
        for line, cost in self.costs.items():
            model.add(self.paid(line, aids) <= cost)
        self._some: dict[tuple[str, str], cp_model.IntVar] = {}

    def total(self, aid: Aid) -> Expr:
        """What an aid pays on all its lines."""
        return Expr.sum([self.on[aid.id, line] for line in sorted(aid.covers)])

    def paid(self, line: str, aids: Iterable[Aid]) -> Expr:
        """What these aids pay on a line."""
        return Expr.sum([self.on[aid.id, line] for aid in aids if line in aid.covers])

    def certify(self, aid: Aid, unless: Sequence[cp_model.LiteralT]) -> None:
        """Make `aid` pay the most that the aids before it allow, unless one of these booleans is true."""
        upto = self.aids[: self.aids.index(aid) + 1]
        tight = {line: self.model.new_bool_var(f"{line} tight for {aid.id}") for line in self.costs}
        for line in sorted(aid.covers):
            self.model.add_bool_or(tight[line], *unless)
        for line, cost in self.costs.items():
            self.model.add(self.paid(line, upto) == cost).only_enforce_if(tight[line])
        for payer in upto:
            for line in sorted(payer.covers):
                for other in sorted(payer.covers - {line}):
                    self.model.add_bool_or(~tight[line], ~self._pays_on(payer, line), tight[other])

    def _pays_on(self, aid: Aid, line: str) -> cp_model.IntVar:
        if (aid.id, line) not in self._some:
            some = self._some[aid.id, line] = self.model.new_bool_var(f"{aid.id} on {line} > 0")
            self.model.add(self.on[aid.id, line] == 0).only_enforce_if(~some)
        return self._some[aid.id, line]


class _Program:
    """The variables of one problem, and the successive solves."""

    def __init__(self, problem: Problem, aids: Sequence[Aid]) -> None:
        self.problem, self.aids, self.model = problem, aids, cp_model.CpModel()
        self.split = _Split(problem, self.model, aids)
        self.amount = {aid.id: self.model.new_int_var(0, problem.total, aid.id) for aid in aids}
        self.pays = {aid.id: self.model.new_bool_var(f"{aid.id} > 0") for aid in aids}
        for aid in aids:
            self.model.add(self.amount[aid.id] == self.split.total(aid))
            self.model.add(self.amount[aid.id] >= 1).only_enforce_if(self.pays[aid.id])
            self.model.add(self.amount[aid.id] == 0).only_enforce_if(~self.pays[aid.id])

    def paid(self, ids: Iterable[str]) -> Expr:
        """What these aids pay together."""
        return Expr.sum([self.amount[id_] for id_ in sorted(ids) if id_ in self.amount])

    def pays_all_it_can(self, aid: Aid, taken: cp_model.IntVar) -> None:
        """An aid that is not taken pays nothing; one that is reaches its ceiling, or lines paid in full stop it."""
        ceiling = self.ceiling(aid.capacity, aid, certified=True)
        reached = self.model.new_bool_var(f"{aid.id} at its ceiling")
        self.model.add(self.amount[aid.id] == 0).only_enforce_if(~taken)
        self.model.add(self.amount[aid.id] <= ceiling)
        self.model.add(self.amount[aid.id] >= ceiling).only_enforce_if(reached)
        self.split.certify(aid, unless=(reached, ~taken))

    def ceiling(self, capacity: Capacity, aid: Aid, *, certified: bool) -> cp_model.IntVar:
        """The capacity of an aid, as far as it matters: no more than the total cost.

        Not `certified`, it is only bounded by what is left, for a program that maximises it.
        """
        most, name = self.problem.total, f"ceiling of {aid.id}"
        result = self.model.new_int_var(0, most, name)
        match capacity:
            case Fixed(cents):
                self.model.add(result == min(cents, most))
            case ShareOfRemaining(percent, lines, rounding, cap):
                share = self.model.new_int_var(0, percent * most // 10_000 + 1, f"share, {name}")
                upwards = {"down": 0, "half_up": 5_000, "up": 9_999}[rounding]
                scaled = percent * self._remaining(lines, aid, certified) + upwards
                self.model.add_division_equality(share, scaled, 10_000)
                self.model.add_min_equality(result, [share, most if cap is None else min(cap, most)])
            case Matching(ids, cap):
                self.model.add_min_equality(result, [self.paid(ids), most if cap is None else min(cap, most)])
            case Below(cents, ids):
                room = self.model.new_int_var(0, cents, f"room, {name}")
                self.model.add_max_equality(room, [0, cents - self.paid(ids)])
                self.model.add_min_equality(result, [room, most])
            case _:
                parts = [self.ceiling(part, aid, certified=certified) for part in capacity.of]
                self.model.add_min_equality(result, parts)
        return result

    def _remaining(self, lines: frozenset[str], aid: Aid, certified: bool) -> Expr:
        """What an unlimited aid on `lines` could pay just before `aid`, in a split of its own."""
        before = self.aids[: self.aids.index(aid)]
        unlimited = Aid(f"unlimited before {aid.id}", aid.rank, lines, Fixed(self.problem.total))
        split = _Split(self.problem, self.model, (*before, unlimited))
        for other in before:
            self.model.add(self.amount[other.id] == split.total(other))
        if certified:
            split.certify(unlimited, unless=())
        return split.total(unlimited)

    def least(self, criteria: Sequence[Criterion]) -> dict[str, int]:
        """The amounts that minimise the criteria, the first before all."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        for group in _at_once(criteria):
            weights = [prod(span + 1 for _, span in group[place + 1 :]) for place in range(len(group))]
            self.model.minimize(Expr.weighted_sum([criterion for criterion, _ in group], weights))
            if solver.solve(self.model) != cp_model.OPTIMAL:
                raise AssertionError(solver.status_name())
            for criterion, _ in group:
                self.model.add(criterion == solver.value(criterion))
        return {id_: solver.value(amount) for id_, amount in self.amount.items()}


def _configuration(program: _Program) -> dict[str, cp_model.IntVar]:
    """One boolean per aid, true when it is in the configuration, under every condition on who stands with whom."""
    problem, model, pays = program.problem, program.model, program.pays
    taken = {aid.id: model.new_bool_var(f"{aid.id} taken") for aid in program.aids}

    def taken_among(ids: Iterable[str]) -> list[cp_model.IntVar]:
        return [taken[aid.id] for aid in problem.optional if aid.id in ids]

    for aid in problem.optional:
        for id_ in sorted(problem.excluded_by(aid)):
            model.add_at_most_one(taken[aid.id], taken[id_])
        if aid.needs is not None:
            model.add_bool_or(~taken[aid.id], *(pays[other.id] for other in problem.optional if other.id in aid.needs))
    for aid in problem.mandatory:
        called = model.new_bool_var(f"{aid.id} called")
        waived = model.new_bool_var(f"{aid.id} waived")
        model.add_max_equality(called, [0, *taken_among(aid.with_)])
        model.add_max_equality(waived, [0, *taken_among(aid.waived_by)])
        model.add_min_equality(taken[aid.id], [called, ~waived])
        for other in problem.optional:
            if other.id in aid.waived_by:
                model.add_bool_or(~called, ~taken[other.id], pays[other.id])
    return taken


def _spare_own_money(program: _Program, taken: dict[str, cp_model.IntVar]) -> None:
    """The lines of an aid that forbids own money are paid in full by others than the holder, in the one split."""
    others = [aid for aid in program.aids if not aid.is_holder]
    for aid in program.aids:
        if aid.own_money_forbidden:
            for line in sorted(aid.covers):
                cost = program.problem.costs[line]
                program.model.add(program.split.paid(line, others) == cost).only_enforce_if(taken[aid.id])


def _criteria(program: _Program) -> list[Criterion]:
    """What the best plan has least, first things first, as the definition lists them."""
    problem, total = program.problem, program.problem.total
    holder = [aid.id for aid in problem.aids if aid.is_holder]
    pooled = ([aid.id for aid in problem.aids if aid.rank == rank and not aid.is_holder] for rank in problem.ranks)
    optional = sorted(problem.optional, key=lambda aid: aid.id)
    paying = [program.pays[aid.id] for aid in optional]
    asked = [program.pays[aid.id] for aid in optional if aid.kind != "own_money"]
    return [
        (-program.paid(program.amount), total),
        (program.paid(holder), total),
        *((-program.paid(ids), total) for ids in pooled),
        (Expr.sum(asked), len(asked)),
        (Expr.sum(paying), len(paying)),
        *((-pays, 1) for pays in paying),
        *((-program.amount[aid.id], total) for aid in problem.in_order),
    ]


def _at_once(criteria: Iterable[Criterion]) -> Iterator[list[Criterion]]:
    """The criteria in groups that fit one weighted objective."""
    group: list[Criterion] = []
    reach = 1
    for criterion in criteria:
        if group and reach * (criterion[1] + 1) > ONE_SOLVE:
            yield group
            group, reach = [], 1
        group.append(criterion)
        reach *= criterion[1] + 1
    if group:
        yield group
