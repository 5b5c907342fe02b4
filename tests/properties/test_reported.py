"""Properties that the code did not keep when they were written; each one moves to its own file once it holds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cpf_funding import Dossier, build_plan, load_rulebook
from cpf_funding.report.document import plan_document
from cpf_funding.rulebook.location import packaged_rules


def test_the_same_rules_in_another_folder_give_the_same_bytes(tmp_path: Path) -> None:
    """A rulebook's digest does not depend on where its files lie, so that the bytes of a plan must not either.

    `evidence[].at` holds the path that was opened: a receipt replayed on another machine gives other bytes, and a plan
    sent to someone tells how the sender's folders are named. The path relative to the rules folder would do.
    """
    shutil.copytree(packaged_rules(), tmp_path / "rules")
    here, elsewhere = load_rulebook(), load_rulebook(rules=tmp_path / "rules")
    costs = {"as_of": "2017-03-01", "holder": {"status": "job_seeker"}, "training": {"costs": {"teaching": "5000"}}}
    dossier = Dossier.model_validate(costs)
    assert here.digest == elsewhere.digest
    written = [json.dumps(plan_document(build_plan(dossier, rules), rules)) for rules in (here, elsewhere)]
    assert written[0] == written[1]
