# Start with `make demo` or `make test`; each installs what it needs into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for v in python3.13 python3.12 python3.11 python3; do \
	if command -v $$v >/dev/null 2>&1 && $$v -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then echo $$v; break; fi; done)
BIN := .venv/bin
STAMP := .venv/.installed
PEERS := .venv-peers/.installed
ONCE ?=
ARGS ?=
# what Python has compiled, and pytest's assertions, are kept even where the environment says otherwise: tests start hundreds of
# processes, each of which would compile everything again
export PYTHONDONTWRITEBYTECODE :=
# of pytest: three for tests with engines, and one for the others (tests/support/lanes.py)
WORKERS ?= 4

.PHONY: help demo test faults bench quality relevance check audit docs reference lint types format lock install system browser clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(STAMP) ## everything Python needs, into .venv, from the lock file

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Dateline needs Python 3.11, 3.12 or 3.13; install one, or run make PYTHON=/path/to/python"; exit 1; }
	@echo "Installing into .venv with $$($(PYTHON) --version); this takes a few minutes"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "venv failed; Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@# quiet twice, as pip warns of an extra that lxml no longer has; errors are shown
	@# as constraints too: pip looks for the newest version of a package with extras otherwise, and has no hash of it
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

system:
	@bash scripts/system-packages.sh java

browser:
	@bash scripts/system-packages.sh java chromium

demo: $(STAMP) system ## a story from the wire to the search box; ONCE=1 ends after its summary
	@$(BIN)/dateline demo $(if $(ONCE),--once) $(ARGS)

test: $(STAMP) browser ## the whole suite, against real Kafka, Elasticsearch, Prefect and a browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

faults: $(STAMP) browser ## the long form of the fault tests: kills for half an hour (docs/reliability.md)
	@DATELINE_FAULTS=long $(BIN)/python -m pytest tests/faults -s $(ARGS)

bench: $(STAMP) $(PEERS) system ## Dateline's figures beside those of others, into benchmarks/results.md; ARGS=--quick only tries it
	@$(BIN)/python -m benchmarks.bench $(ARGS)

$(PEERS): benchmarks/peers/requirements.lock
	@echo "Installing what Dateline is compared with into .venv-peers"
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

quality: $(STAMP) ## what enrich says against what others labelled (texts of others: ../shared/samples)
	@$(BIN)/python -m benchmarks.quality $(ARGS)

relevance: $(STAMP) system ## what searches find, beside plain BM25 on title and body (pages of others: ../shared/samples)
	@$(BIN)/python -m benchmarks.relevance $(ARGS)

docs: $(STAMP) ## the pages of docs/ as a site, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

reference: $(STAMP) ## the pages that are made from the code
	@$(BIN)/python -m scripts.reference
	@$(BIN)/python -m pipeline.telemetry > docs/telemetry.md
	@$(BIN)/python scripts/dashboard.py > docker/grafana/dashboards/dateline.json

lint: $(STAMP) ## ruff and mypy
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

audit: $(STAMP) ## known vulnerabilities of the locked packages
	@$(BIN)/python scripts/audit.py

check: lint audit test ## what CI runs

format: $(STAMP) ## apply ruff's fixes and format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

LOCKED := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

lock: ## rebuild the lock files from pyproject.toml (needs uv); the image's have the versions that are tested
	@$(LOCKED) --extra dev pyproject.toml -o requirements.lock
	@$(LOCKED) -c requirements.lock pyproject.toml -o docker/runtime.lock
	@$(LOCKED) -c requirements.lock docker/build.in -o docker/build.lock
	@$(LOCKED) benchmarks/peers/requirements.in -o benchmarks/peers/requirements.lock

clean: ## remove .venv and caches; the engines' data stays (dateline local down --fresh removes it)
	@rm -rf .venv .venv-peers .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
