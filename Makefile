# The two commands of a newcomer: `make run` and `make test`. Each does all the set-up it needs.
PYTHON ?= $(shell command -v python3.11 || echo python3)
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-bench
NODE := bench/messaging/peers/node
READY := $(VENV)/.ready
RUNS := $(VENV)/.runs

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format screenshots messages bench-pages bench-matching bench-messaging bench-evaluation drill-messaging strain-messaging schema clean

help: ## What there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

define install # a lock file, and how uv brings it in
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: $(PYTHON) was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Python 3.11 is needed; $(PYTHON) is $$($(PYTHON) -V). Set PYTHON=/path/to/python3.11."; exit 1; }
	@echo "Setting up (once)…" >&2
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && uv pip $(2) --quiet --require-hashes --python $(BIN)/python $(1); \
	else \
	  $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
	fi
endef

$(READY): requirements-dev.lock
	$(call install,requirements-dev.lock,sync)
	@touch $@ $(RUNS)

$(RUNS): requirements.lock # what runs is a part of what is needed to work on it, in the same versions
	$(call install,requirements.lock,install -r)
	@touch $@

setup: $(READY) ## Only the set-up

run: $(RUNS) ## Start the platform with its demonstration (HOST=… PORT=…)
	@PEYVAND_DEMO=$${PEYVAND_DEMO:-1} HOST=$(HOST) PORT=$(PORT) $(BIN)/python manage.py up

test: $(READY) ## The whole suite, embedded and (where they answer) on PostgreSQL and Redis
	@$(BIN)/python tools/test.py

lint: $(READY) ## Style, types, imports, migrations, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python tools/messages.py --check

format: $(READY)
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

messages: $(READY) ## Collect the texts, then compile both languages (needs gettext)
	@$(BIN)/python tools/messages.py

screenshots: $(READY) ## Draw docs/screenshots from the running demonstration (needs chromium)
	@$(BIN)/python tools/screenshots.py

bench-pages: $(READY) ## Queries and server time of every page, against the medium demonstration
	@$(BIN)/python bench/pages.py

$(PEERS)/.ready: requirements-bench.lock requirements-bench-mentor-match.lock requirements-bench-messaging.lock | $(READY)
	@echo "Setting up the peers (once)…" >&2
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench-messaging.lock
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --upgrade \
	  --target $(PEERS)/mentor-match -r requirements-bench-mentor-match.lock
	@touch $@

bench-matching: $(READY) $(PEERS)/.ready ## The matching engine beside its peers (BENCH=--quick: the small cases only)
	@$(BIN)/python bench/matching.py $(BENCH)

$(NODE)/node_modules/.ready: $(NODE)/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix $(NODE) && touch $@; \
	  else echo "No npm here: the peers on Node are left out." >&2; fi

bench-messaging: $(READY) $(PEERS)/.ready $(NODE)/node_modules/.ready ## Conversations beside their peers, on PostgreSQL and Redis (BENCH=--quick)
	@$(BIN)/python bench/messaging/run.py $(BENCH)

bench-evaluation: $(READY) ## Scores of 20,000 people and a million events, on PostgreSQL (BENCH=--quick: a hundredth of it)
	@$(BIN)/python bench/evaluation.py $(BENCH)

drill-messaging: $(READY) ## Kill everything under a conversation at random, and look for what was lost (DRILL="--kills 12 --no-controls")
	@$(BIN)/python bench/messaging/drill/run.py $(DRILL)

strain-messaging: $(READY) ## Memory over 20,000 connections, and what slow readers cost the others
	@$(BIN)/python bench/messaging/drill/strain.py --connections 20000 --slow 6

schema: $(READY) ## Write docs/openapi.yaml
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

clean: ## Remove what was made here, data of the demonstration too
	rm -rf $(VENV) $(PEERS) $(NODE)/node_modules .data staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis
