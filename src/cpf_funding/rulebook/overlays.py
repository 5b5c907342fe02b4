"""Overlays: national <- region <- agency. What a local file may change, and nothing it could change unseen.

An overlay is applied to the shapes, before anything is compiled: what it changed then behaves as if it had been
written in the rules, and keeps the place where it was written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.language import tree
from cpf_funding.language.problems import nearest
from cpf_funding.reading.french import validate
from cpf_funding.reading.places import Text
from cpf_funding.reading.strict import read_file
from cpf_funding.rulebook.assemble import Shapes
from cpf_funding.rulebook.dated import sourcing_of
from cpf_funding.rulebook.levers import WithdrawnLever
from cpf_funding.rulebook.local import Local, LocalDelay, LocalEnvelope
from cpf_funding.rulebook.overlay_shapes import DelayPeriod, EnvelopePeriod, OverlayFile
from cpf_funding.rulebook.periods import cut, overlaps
from cpf_funding.rulebook.replacements import replace_value
from cpf_funding.rulebook.shapes import AidShape, InForce, ListFile

__all__ = ["apply_overlays", "check_lists", "read_overlays"]

LEVELS = ("region", "agency")
_ALLOWED = (
    "une enveloppe s'écrit sous envelopes:, un délai sous delays:, une fermeture sous close:, une condition de plus "
    "sous also:, une autre valeur sous values:, une certification sous lists:, un levier sous levers:"
)
_REFUSED = {
    "aids": "un fichier local ne redéfinit pas une aide",
    "aid": "un fichier local ne redéfinit pas une aide",
    "parameters": "un fichier local ne redéfinit pas un barème",
    **dict.fromkeys(
        ("facts", "funders", "documents", "causes"), "ce registre est commun : un fichier local n'y ajoute rien"
    ),
}
_Stated = TypeVar("_Stated", EnvelopePeriod, DelayPeriod)
_Named = TypeVar("_Named", OverlayFile, ListFile)


def read_overlays(
    paths: Iterable[str | os.PathLike[str]], problems: list[Problem]
) -> tuple[list[tuple[Path, ListFile]], list[tuple[Path, OverlayFile]]]:
    """The lists and the overlays that could be read, in the order they apply, whatever the order of `paths`.

    A list comes first, in the place of the one of the same name; then overlays, region before agency.
    """
    lists: list[tuple[Path, ListFile]] = []
    read: list[tuple[Path, OverlayFile]] = []
    for path in map(Path, paths):
        try:
            one = _read(path, problems)
        except InputError as error:
            problems += error.problems
            continue
        if isinstance(one, ListFile):
            lists.append((path, one))
        else:
            read.append((path, one))
    lists.sort(key=lambda each: each[1].list)
    read.sort(key=lambda each: (LEVELS.index(each[1].level), each[1].overlay))
    overlays = [overlay for _, overlay in read]
    check_lists([one for _, one in lists], problems)
    _check_names(overlays, problems)
    _check_rivals(overlays, problems)
    return lists, read


def check_lists(lists: Iterable[ListFile], problems: list[Problem]) -> None:
    """Two files of one list would hide one another: each is told."""
    for first, again in _given_twice(lists, lambda one: one.list):
        message = f"la liste « {again.list} » est déjà donnée ({first.at})"
        problems.append(Problem(message, "gardez un seul des deux fichiers, ou changez un nom (list: …)", again.at))


def _given_twice(files: Iterable[_Named], name: Callable[[_Named], str]) -> Iterator[tuple[_Named, _Named]]:
    """Each file that has the name of an earlier one, after that one."""
    known: dict[str, _Named] = {}
    for one in files:
        first = known.setdefault(name(one), one)
        if first is not one:
            yield first, one


def _read(path: Path, problems: list[Problem]) -> OverlayFile | ListFile:
    data = read_file(path)
    if isinstance(data, dict) and "list" in data and "overlay" not in data:
        return validate(ListFile, data, source_name=str(path))
    if isinstance(data, dict):
        for key in [key for key in data if key in _REFUSED]:
            problems.append(Problem(_REFUSED[key], _ALLOWED, key.origin if isinstance(key, Text) else None))
            del data[key]
    return validate(OverlayFile, data, source_name=str(path))


def _check_names(overlays: Sequence[OverlayFile], problems: list[Problem]) -> None:
    for first, again in _given_twice(overlays, lambda one: one.overlay):
        message = f"le fichier local « {again.overlay} » est donné deux fois ({first.at})"
        problems.append(Problem(message, "donnez à chacun son nom (overlay: …), ou n'en gardez qu'un", again.at))


def _check_rivals(overlays: Sequence[OverlayFile], problems: list[Problem]) -> None:
    """Two overlays of one level have no order between them: they may not touch the same thing."""
    touched: dict[tuple[str, str], OverlayFile] = {}
    for overlay in overlays:
        for thing, origin in _touches(overlay).items():
            first = touched.setdefault((overlay.level, thing), overlay)
            if first is not overlay:
                problems.append(
                    Problem(
                        f"{thing} : « {first.overlay} » en parle déjà, au même niveau ({overlay.level})",
                        "gardez l'un des deux, ou donnez-leur des niveaux différents (region, agency)",
                        origin,
                    )
                )


def _touches(overlay: OverlayFile) -> dict[str, Origin | None]:
    things: dict[str, Origin | None] = {}
    things |= {f"enveloppe {id}": periods[0].at for id, periods in overlay.envelopes.items() if periods}
    things |= {f"délai de {id}": periods[0].at for id, periods in overlay.delays.items() if periods}
    things |= {f"fermeture de {id}": closure.at for id, closure in overlay.close.items()}
    things |= {f"conditions de {id}": conditions[0].at for id, conditions in overlay.also.items() if conditions}
    for value in overlay.values:
        keys = value.for_ if isinstance(value.for_, tuple) else (value.for_,)
        things |= {f"valeur {value.parameter}{f' ({key})' if key else ''}": value.at for key in keys}
    for id, addition in overlay.lists.items():
        things |= {f"liste {id}, code {entry.code}": entry.at for entry in addition.entries}
    things |= {f"levier {id}": lever.at for id, lever in overlay.levers.items()}
    return things


# Applying ---------------------------------------------------------------------------------------


def apply_overlays(shapes: Shapes, overlays: Sequence[OverlayFile], problems: list[Problem]) -> Local:
    """Change the shapes as the overlays say, and return the envelopes and delays that they state.

    What an overlay may not do is a problem, and changes nothing.
    """
    for overlay in overlays:
        _add_sources(shapes, overlay, problems)
        for value in overlay.values:
            replace_value(shapes, value, problems)
        _close(shapes, overlay, problems)
        _add_conditions(shapes, overlay, problems)
        _add_to_lists(shapes, overlay, problems)
        _change_levers(shapes, overlay, problems)
    return _local_rules(shapes, overlays, problems)


def _add_sources(shapes: Shapes, overlay: OverlayFile, problems: list[Problem]) -> None:
    for id, source in overlay.sources.items():
        if id in shapes.sources:
            message = f"la source « {id} » existe déjà ({shapes.sources[id].at})"
            problems.append(Problem(message, "citez-la, ou donnez un autre nom à la vôtre", source.at))
        else:
            shapes.sources = {**shapes.sources, id: source}


def _find(shapes: Shapes, id: str, node: tree.Node | None, problems: list[Problem]) -> int | None:
    place = next((place for place, aid in enumerate(shapes.aids) if aid.aid == id), None)
    if place is None:
        known = [aid.aid for aid in shapes.aids]
        hint = nearest(id, known) or "écrivez l'identifiant d'une aide des règles"
        problems.append(Problem(f"aide inconnue « {id} »", hint, node.at if node is not None else None))
    return place


def _close(shapes: Shapes, overlay: OverlayFile, problems: list[Problem]) -> None:
    for id, closure in overlay.close.items():
        place = _find(shapes, id, closure, problems)
        if place is None:
            continue
        aid: AidShape = shapes.aids[place]
        touched = [period for period in aid.in_force if overlaps(period, closure)]
        if not any(period.state != "suspended" for period in touched):
            what = "déjà suspendue" if touched else "pas ouverte"
            message = f"« {id} » n'est {what} à cette période" if not touched else f"« {id} » est {what}"
            problems.append(Problem(message, "corrigez from, ou retirez cette fermeture", closure.at))
            continue
        kept = [piece for period in aid.in_force for piece in cut(period, closure)]
        closed = InForce(
            from_=closure.from_, until=closure.until, state="suspended", at=closure.at, source=closure.source,
            reason=f"fermée par « {overlay.overlay} » : {closure.reason}", confidence=closure.confidence,
            checked_on=closure.checked_on, row=closure.row,
        )  # fmt: skip
        periods = tuple(sorted([*kept, closed], key=lambda period: period.from_))
        shapes.aids[place] = aid.model_copy(update={"in_force": periods})


def _add_conditions(shapes: Shapes, overlay: OverlayFile, problems: list[Problem]) -> None:
    for id, conditions in overlay.also.items():
        place = _find(shapes, id, conditions[0] if conditions else overlay, problems)
        if place is None:
            continue
        aid = shapes.aids[place]
        own: tuple[tree.Condition, ...] = () if aid.eligibility is None else (aid.eligibility,)
        # An `all` without a cause only groups: opened, so that each condition is told on its own.
        if isinstance(aid.eligibility, tree.AllOf) and aid.eligibility.cause is None:
            own = aid.eligibility.all
        at = aid.eligibility.at if aid.eligibility is not None else None
        together = tree.AllOf(all=(*own, *conditions), at=at)
        shapes.aids[place] = aid.model_copy(update={"eligibility": together})


def _add_to_lists(shapes: Shapes, overlay: OverlayFile, problems: list[Problem]) -> None:
    for id, addition in overlay.lists.items():
        place = next((place for place, known in enumerate(shapes.lists) if known.list == id), None)
        if place is None:
            hint = nearest(id, [known.list for known in shapes.lists]) or "écrivez l'identifiant d'une liste des règles"
            problems.append(Problem(f"liste inconnue « {id} »", hint, addition.at))
            continue
        if addition.source not in shapes.sources:
            sourcing_of(addition, shapes.sources, problems)
        known = shapes.lists[place]
        for entry in addition.entries:
            if any(_same_row(entry, other) for other in known.entries):
                message = f"« {entry.code} » est déjà sur la liste « {id} » pour ce public et ces régions"
                problems.append(Problem(message, "retirez cette ligne", entry.at))
        shapes.lists[place] = known.model_copy(update={"entries": (*known.entries, *addition.entries)})


def _same_row(left: Any, right: Any) -> bool:
    return all(getattr(left, name) == getattr(right, name) for name in ("code", "public", "regions", "branches"))


def _change_levers(shapes: Shapes, overlay: OverlayFile, problems: list[Problem]) -> None:
    """Replace, add or withdraw levers; no cause tries a lever that was withdrawn."""
    levers, withdrawn = dict(shapes.levers), set()
    for id, lever in overlay.levers.items():
        if not isinstance(lever, WithdrawnLever):
            levers[id] = lever
        elif levers.pop(id, None) is None:
            hint = nearest(id, shapes.levers) or "écrivez l'identifiant d'un levier des règles"
            problems.append(Problem(f"levier inconnu « {id} »", hint, lever.at))
        else:
            withdrawn.add(id)
    shapes.levers = levers
    tried = {id: [name for name in cause.levers if name not in withdrawn] for id, cause in shapes.causes.items()}
    for trial in overlay.tries:
        if trial.cause not in tried:
            hint = nearest(trial.cause, tried) or "écrivez l'identifiant d'une cause des règles"
            problems.append(Problem(f"cause inconnue « {trial.cause} »", hint, trial.at))
        for name in trial.levers:
            if name not in levers:
                hint = nearest(name, levers) or "déclarez-le sous levers:, ou nommez un levier des règles"
                problems.append(Problem(f"levier inconnu « {name} »", hint, trial.at))
            else:
                tried.setdefault(trial.cause, []).append(name)
    shapes.causes = {
        id: cause.model_copy(update={"levers": tuple(dict.fromkeys(tried[id]))}) for id, cause in shapes.causes.items()
    }


# Envelopes and delays ---------------------------------------------------------------------------


def _local_rules(shapes: Shapes, overlays: Sequence[OverlayFile], problems: list[Problem]) -> Local:
    envelopes = _stated([(o, o.envelopes) for o in overlays], problems)
    delays = _stated([(o, o.delays) for o in overlays], problems)
    known = _envelopes(shapes)
    for id, periods in envelopes.items():
        if id not in known:
            hint = nearest(id, known) or "enveloppes des règles : " + (", ".join(sorted(known)) or "aucune")
            problems.append(Problem(f"aucune règle ne lit l'enveloppe « {id} »", hint, periods[0].at))
    for id, stated in delays.items():
        _find(shapes, id, stated[0], problems)
    return Local(
        {
            id: tuple(
                LocalEnvelope(p.from_, p.until, p.state, p.left, sourcing_of(p, shapes.sources, problems), p.at)
                for p in periods
            )
            for id, periods in envelopes.items()
        },
        {
            id: tuple(
                LocalDelay(p.from_, p.until, p.least, p.usual, p.most, sourcing_of(p, shapes.sources, problems), p.at)
                for p in periods
            )
            for id, periods in delays.items()
        },
    )


def _envelopes(shapes: Shapes) -> set[str]:
    return {
        node.envelope
        for aid in shapes.aids
        for root in (aid.scope, aid.eligibility, aid.firm_when, aid.amount)
        if root is not None
        for node in tree.walk(root)
        if isinstance(node, tree.EnvelopeLeft | tree.EnvelopeIsOpen)
    }


def _stated(
    files: Iterable[tuple[OverlayFile, Mapping[str, tuple[_Stated, ...]]]], problems: list[Problem]
) -> dict[str, list[_Stated]]:
    """The periods of each id; one that falls on an earlier one must name the overlay it takes over from."""
    found: dict[str, list[tuple[str, _Stated]]] = {}
    for overlay, stated in files:
        for id, periods in stated.items():
            for period in periods:
                known = found.setdefault(id, [])
                _check_period(period, id, problems)
                under = [(name, other) for name, other in known if overlaps(other, period)]
                if _shadows(overlay, period, id, under, problems):
                    continue
                found[id] = [(name, piece) for name, other in known for piece in cut(other, period)]
                found[id].append((overlay.overlay, period))
    return {id: sorted((p for _, p in known), key=lambda p: p.from_) for id, known in found.items() if known}


def _check_period(period: EnvelopePeriod | DelayPeriod, id: str, problems: list[Problem]) -> None:
    if period.until is not None and period.until < period.from_:
        problems.append(Problem(f"{id} : la période finit avant de commencer", "corrigez from ou until", period.at))
    if isinstance(period, EnvelopePeriod) and (period.state, period.left) == (None, None):
        advice = "écrivez state: open, low ou exhausted, ou left: 12000.00"
        problems.append(Problem(f"{id} : rien n'est dit de l'enveloppe", advice, period.at))
    if isinstance(period, DelayPeriod) and (period.least, period.usual, period.most) == (None, None, None):
        advice = "écrivez least:, usual: ou most:, en jours"
        problems.append(Problem(f"{id} : rien n'est dit du délai", advice, period.at))


def _shadows(
    overlay: OverlayFile, period: _Stated, id: str, under: Sequence[tuple[str, _Stated]], problems: list[Problem]
) -> bool:
    for name, other in under:
        if name == overlay.overlay:
            message = f"{id} : deux périodes se chevauchent à partir du {max(period.from_, other.from_)}"
            advice = f"fermez la première par until: {max(period.from_, other.from_) - timedelta(days=1)}"
            problems.append(Problem(message, advice, period.at))
            return True
        if period.replaces != name:
            message = f"{id} : « {name} » dit autre chose de cette période ({other.at})"
            problems.append(Problem(message, f"ajoutez replaces: {name}, ou changez de période", period.at))
            return True
    if period.replaces is not None and not under:
        message = f"{id} : « {period.replaces} » ne dit rien de cette période"
        problems.append(Problem(message, "retirez replaces, ou donnez aussi ce fichier", period.at))
        return True
    return False
