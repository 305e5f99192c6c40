# One door to everything. `make` alone lists what there is.

SHELL := /bin/sh
BIN := .venv/bin
# The first of these that runs and is new enough; override with PYTHON=/path/to/python.
CANDIDATES := python3 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
.PHONY: help run worker scaled admin test lint format bench soak questions bench-data screenshots audit clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# -- Running ------------------------------------------------------------------------------------

run: .venv/site ## install what is missing, prepare and serve (PORT=8000)
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python manage.py serve

worker: .venv/site ## work on queued runs (scaled mode: DATABASE_URL and REDIS_URL)
	@exec $(BIN)/python manage.py worker

scaled: .venv/dev ## try the scaled mode here: PostgreSQL, Valkey, two web processes, two workers
	@exec $(BIN)/python -m deploy.scaled

admin: .venv/site ## create an administrator
	@$(BIN)/python manage.py prepare
	@$(BIN)/python manage.py createsuperuser

# -- Checking -----------------------------------------------------------------------------------

test: .venv/dev ## everything that has to pass: format, lint, types, imports, all tests
	@$(BIN)/python -m tests.everything

lint: .venv/dev ## the quick part of `test`: format, lint, types, imports, migrations
	@$(BIN)/python -m tests.everything --only static

format: .venv/dev ## rewrite the code in its one format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

audit: .venv/site ## look the dependencies up among known vulnerabilities
	@$(PYTHON) -m venv .venv/audit && .venv/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	@.venv/audit/bin/pip-audit --progress-spinner off --disable-pip --no-deps -r constraints.txt

soak: .venv/dev ## the fault and conformance tests for a long time (SOAK_MINUTES=30)
	@SOAK_MINUTES=$${SOAK_MINUTES:-30} $(BIN)/pytest tests/faults tests/conformance -m soak -s

# -- Measuring ----------------------------------------------------------------------------------

bench: .venv/bench ## measure delivery against its peers, write docs/performance.md
	@$(BIN)/python -m benchmarks

bench-data: .venv/dev ## generate 5,000 tickers x 30 years into var/bench-market
	@$(BIN)/python manage.py bench_data var/bench-market

questions: .venv/dev ## how well questions are understood
	@$(BIN)/python manage.py questions

screenshots: .venv/dev ## take the pictures of the documentation again (needs Chromium)
	@$(BIN)/python -m tests.e2e.screenshots

clean: ## remove what can be made again, except data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/static var/tests

# -- Installation: only when what it depends on has changed ---------------------------------------

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv); or say PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Creating .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv

.venv/site: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the site (once, and after changes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[site]'
	@touch $@

.venv/dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the site and what its tests need (once, and after changes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[site,dev]'
	@touch $@ .venv/site

.venv/bench: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the site and the peers it is measured against (once, and after changes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[site,dev,bench]'
	@touch $@ .venv/site .venv/dev
