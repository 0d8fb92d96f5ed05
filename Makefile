# `make run` needs nothing but Python 3.11+; everything it makes stays in .venv and VAR_DIR.
PYTHON ?= python3
BIN = .venv/bin
STATIC_SETTINGS = DJANGO_SETTINGS_MODULE=tests.static_settings

ENV = paper
# Copies of pytest, each with servers of its own. Files stay whole and in order: quick ones first.
JOBS = 2

.PHONY: run help test conformance lint format lock env reset clean

run: .venv/run.stamp ## everything on this machine: http://127.0.0.1:7001
	@exec $(BIN)/python manage.py up

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

test: .venv/dev.stamp ## every test; ARGS="tests/run -k proxy" for some
	@sh .ci/chromium
	@$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

# See docs/conformance.md.
conformance: .venv/dev.stamp ## hold an exchange to what we rely on: ENV=paper, testnet or demo
	@CONFORMANCE_ENV=$(ENV) $(BIN)/pytest tests/conformance --quiet --no-header -r N --tb=short $(ARGS)

lint: .venv/dev.stamp ## ruff, mypy, migrations, Django's deployment checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(STATIC_SETTINGS) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(STATIC_SETTINGS) $(BIN)/python -W ignore manage.py check --deploy --fail-level WARNING

format: .venv/dev.stamp ## what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev.stamp ## pin every package of the two .in files with its hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--output-file requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--output-file requirements-dev.txt requirements-dev.in

env: ## fresh secrets into .env for docker-compose, what is there stays
	@sh deploy/new-secrets

reset: .venv/run.stamp ## forget every user, order and key of the embedded run
	$(BIN)/python -m tradeplat.run.reset

clean: ## remove the virtual environment and every cache
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "tradeplat needs Python 3.11 or newer: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@
