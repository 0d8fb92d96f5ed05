# `make run` needs nothing but Python 3.11+; everything it makes stays in .venv and VAR_DIR.
PYTHON ?= python3
BIN = .venv/bin
STATIC_SETTINGS = DJANGO_SETTINGS_MODULE=tests.static_settings

ENV = paper
# Copies of pytest, each with servers of its own. Files stay whole and in order: quick ones first.
JOBS = 2

.PHONY: run test conformance lint format lock reset clean

run: .venv/run.stamp
	@exec $(BIN)/python manage.py up

test: .venv/dev.stamp
	@sh .ci/chromium
	@$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

# Holds an exchange to what we rely on: make conformance ENV=testnet, see docs/conformance.md.
conformance: .venv/dev.stamp
	@CONFORMANCE_ENV=$(ENV) $(BIN)/pytest tests/conformance --quiet --no-header -r N --tb=short $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(STATIC_SETTINGS) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(STATIC_SETTINGS) $(BIN)/python -W ignore manage.py check --deploy --fail-level WARNING

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins every package of the two .in files with its hashes.
lock: .venv/dev.stamp
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--output-file requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--output-file requirements-dev.txt requirements-dev.in

# Forgets every user, order and key of the embedded run.
reset: .venv/run.stamp
	$(BIN)/python -m tradeplat.run.reset

clean:
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
