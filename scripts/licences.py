"""The licence of everything that `pip install 'cpf-funding[all]'` brings, read from what is installed; no network.

Fails when a package that the library needs to run, directly or not, is under a licence that is not listed here, or
says nothing of its licence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ACCEPTED = frozenset(
    {
        "0BSD", "Apache-2.0", "Apache Software License", "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause",
        "CC0-1.0", "ISC", "MIT", "MIT License", "PSF-2.0", "Python Software Foundation License", "Zlib",
    }
)  # fmt: skip
"""Licences that ask for no more than a notice: an agency may use, change and pass on the whole."""


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, str]]) -> Iterator[Distribution]:
    """What a package needs to run with these extras, itself first; what is not installed here is passed over."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    if (found.name, "") not in seen:
        seen.add((found.name, ""))
        yield found
    for line in found.requires or ():
        requirement = Requirement(line)
        wanted = [e for e in ("", *extras) if requirement.marker is None or requirement.marker.evaluate({"extra": e})]
        key = (canonicalize_name(requirement.name), ",".join(sorted(requirement.extras)) or " ")
        if wanted and key not in seen:
            seen.add(key)
            yield from needed(requirement.name, frozenset(requirement.extras), seen)


def licences(found: Distribution) -> str:
    """What a package says of its licence: the expression, else its classifiers (one is enough: they are offered
    together), else the short field; empty when it says nothing short."""
    expression = found.metadata.get("License-Expression")
    if expression:
        return expression
    classifiers = found.metadata.get_all("Classifier") or []
    named = [line.rpartition(" :: ")[2] for line in classifiers if line.count("::") > 1 and line.startswith("License")]
    field = (found.metadata.get("License") or "").strip()
    return " OR ".join(named) or ("" if "\n" in field else field)


def accepted(expression: str) -> bool:
    """Whether a licence expression (SPDX, AND before OR) asks for no more; somebody must read one with brackets."""
    return any(
        all(licence.strip() in ACCEPTED for licence in together.split(" AND "))
        for together in expression.split(" OR ")
    )  # fmt: skip


def main() -> int:
    """0 when every licence is accepted."""
    told = {
        f"{found.name} {found.version}": licences(found) for found in needed("cpf-funding", frozenset({"all"}), set())
    }
    for name, expression in told.items():
        print(f"{name}: {expression or 'nothing said'}")
    refused = [name for name, expression in told.items() if not accepted(expression)]
    for name in refused:
        print(f"licence not accepted, or not said: {name}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
