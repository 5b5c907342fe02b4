"""The six aids as a JDM decision graph for zen-engine: one node of expressions, each seeing those before it."""

from __future__ import annotations

import json
from typing import Any

from cpf_funding import Dossier
from cpf_funding.facts import read_facts

__all__ = ["AIDS", "GRAPH", "context_of"]

AIDS = ("cpf", "fpspp.top_up", "region", "ft.aif", "agefiph", "fiphfp")
_SEEKER, _BOE = "status == 'job_seeker'", "disability == 'boe'"
_EXPRESSIONS = {
    "cpf": "eligible ? min([hours * 9, cost]) : 0",
    "top_up": f"{_SEEKER} and eligible and hours < 100 ? min([(100 - hours) * 9, cost - $.cpf]) : 0",
    "cap": "region == '11' ? 1500 : region == '53' ? 1000 : region == '75' ? 2000 : region == '93' ? 3000 : 0",
    "region_pays": f"{_SEEKER} and months <= 24 ? min([$.cap, cost - $.cpf - $.top_up]) : 0",
    "before": "$.cpf + $.top_up + $.region_pays",
    "aif": f"{_SEEKER} and months <= 12 and envelope == 'open' ? min([6000, cost - $.before]) : 0",
    "paid": "$.before + $.aif",
    "agefiph": f"{_SEEKER} and {_BOE} and $.paid > 0 ? min([5000, cost - $.paid]) : 0",
    "fiphfp": f"status == 'public_agent' and {_BOE} ? min([10000, cost - $.paid - $.agefiph]) : 0",
}
NAMES = ("cpf", "top_up", "region_pays", "aif", "agefiph", "fiphfp")
"""The keys of the amounts, in the order of `AIDS`."""

GRAPH = json.dumps({
    "nodes": [
        {"id": "in", "type": "inputNode", "name": "request"},
        {"id": "six", "type": "expressionNode", "name": "six", "content": {
            "expressions": [{"id": key, "key": key, "value": value} for key, value in _EXPRESSIONS.items()],
            "passThrough": False, "inputField": None, "outputPath": None, "executionMode": "single"}},
        {"id": "out", "type": "outputNode", "name": "response"},
    ],
    "edges": [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "six"},
        {"id": "2", "type": "edge", "sourceId": "six", "targetId": "out"},
    ],
})  # fmt: skip


def context_of(dossier: Dossier) -> dict[str, Any]:
    """The facts that the graph reads; money in euros, hours in hours."""
    assert dossier.as_of is not None
    facts = read_facts(dossier, dossier.as_of)
    return {
        "status": facts["holder.status"], "disability": facts["holder.disability"], "region": facts["holder.region"],
        "eligible": facts["training.cpf_eligible"], "hours": int(facts["cpf.hours"]) / 100,
        "months": int(facts["training.months"]) / 100, "cost": int(facts["training.costs.teaching"]) / 100,
        "envelope": dossier.local.envelopes["ft.aif"].state,
    }  # type: ignore[arg-type]  # fmt: skip
