# Each target is one check, and .ci/run calls nothing else. `make VENV=path target` uses another environment.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: venv lint format types test cov rules cases docs coverage dates build readme bench ci clean

venv: $(VENV)/.complete

$(VENV)/.complete: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,docs,dev]'
	touch $@

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: venv
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: venv
	$(BIN)/mypy --strict src

test: venv
	$(BIN)/pytest -n auto

cov: venv
	$(BIN)/pytest -n auto --cov

rules: venv
	$(BIN)/cpf-funding rules check --cases

cases: venv
	$(BIN)/cpf-funding rules cases --coverage-summary

docs: venv
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env docs docs/_build/html

# The table of what the rules cover, for those who read the repository; the site has it with its links.
coverage: venv
	$(BIN)/cpf-funding rules doc --output docs/reference/rules
	sed -E 's/\[([^]]+)\]\(aides[^)]*\)/\1/' docs/reference/rules/coverage.md > docs/coverage.md

dates: venv
	$(BIN)/python scripts/seven_dates.py

build: venv
	$(BIN)/python -m build --no-isolation --outdir dist

readme: venv
	$(BIN)/python scripts/check_readme.py

bench: venv
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/loading.py
	$(BIN)/python benchmarks/plans.py
	$(BIN)/python benchmarks/remedies.py

ci:
	bash .ci/run

clean:
	rm -rf dist docs/_build docs/reference/rules .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
