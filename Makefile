# Each target is one check, and .ci/run calls nothing else. `make VENV=path target` uses another environment.

VENV ?= .venv
EXTRAS ?= test,docs,dev
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: venv lint format types test cov spark lowest licences fuzz assurance mutate-rules mutate-code rules cases docs \
	coverage dates build readme bench ci clean

venv: $(VENV)/.complete

$(VENV)/.complete: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
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

# Spark needs Java and half a gigabyte: its tests run apart, and may not be skipped here.
spark: venv
	command -v java >/dev/null || apt-get install --yes --quiet --no-install-recommends openjdk-17-jre-headless
	$(BIN)/python -c 'import pyspark' 2>/dev/null || $(BIN)/pip install --quiet --editable '.[spark]'
	SPARK_REQUIRED=1 $(BIN)/pytest -m spark

# The tests of each module, with the oldest release of each thing that the library needs. `make TESTS= lowest` runs them all.
TESTS ?= tests/unit tests/frames/test_engines.py
lowest:
	mkdir -p build && $(PYTHON) scripts/lowest.py > build/lowest.txt
	$(PYTHON) -m venv --clear build/lowest
	build/lowest/bin/pip install --quiet --disable-pip-version-check --constraint build/lowest.txt --editable '.[test]'
	build/lowest/bin/pytest -n auto -m "not packaging" $(TESTS)

# What the library needs is under licences that ask for no more than a notice.
licences: venv
	$(BIN)/python scripts/licences.py

fuzz: venv
	$(BIN)/python scripts/fuzz.py --runs 2000

# The figures of docs/assurance.md; its two longest measures, an hour or more each, have targets of their own.
assurance: fuzz
	$(BIN)/python scripts/assurance.py --measure

mutate-rules: venv
	$(BIN)/python scripts/mutate_rules.py --accept
	$(BIN)/python scripts/assurance.py

mutate-code: venv
	$(BIN)/pip install --quiet --disable-pip-version-check 'mutmut>=3.8,<4'
	$(BIN)/python scripts/mutate_code.py --sample 200 --seed 2
	$(BIN)/python scripts/assurance.py

rules: venv
	$(BIN)/cpf-funding rules check --cases

cases: venv
	$(BIN)/cpf-funding rules cases
	$(BIN)/cpf-funding rules cases --rules rules/cases/conformance

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
	$(BIN)/python benchmarks/frames.py --rows 10000 100000 1000000

ci:
	bash .ci/run

clean:
	rm -rf build dist docs/_build docs/reference/rules .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
