"""The bytes of a plan depend on the dossier and the rules, not on where the rules lie."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cpf_funding import Dossier, build_plan, load_rulebook
from cpf_funding.report.document import plan_document
from cpf_funding.rulebook.location import packaged_rules


def test_the_same_rules_in_another_folder_give_the_same_bytes(tmp_path: Path) -> None:
    """A rulebook's digest does not depend on where its files lie, so that the bytes of a plan must not either.

    Otherwise a receipt replayed on another machine would give other bytes, and a plan sent to someone would tell how
    the folders of the sender are named.
    """
    shutil.copytree(packaged_rules(), tmp_path / "rules")
    here, elsewhere = load_rulebook(), load_rulebook(rules=tmp_path / "rules")
    costs = {"as_of": "2017-03-01", "holder": {"status": "job_seeker"}, "training": {"costs": {"teaching": "5000"}}}
    dossier = Dossier.model_validate(costs)
    assert here.digest == elsewhere.digest
    written = [json.dumps(plan_document(build_plan(dossier, rules), rules)) for rules in (here, elsewhere)]
    assert written[0] == written[1]
