# Needs Python 3.11 or later, make and git; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where nothing is kept of what was compiled, each of the many processes of the tests, of chaos and of the demo compiles the whole package anew.
unexport PYTHONDONTWRITEBYTECODE
# The lock files are whole. Left to resolve, pip before 24 takes the newest release of a package named with extras and then misses its hash.
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps
CATALOGUES := translations
PYBABEL = $(BIN)/python -m babel.messages.frontend --quiet
# The domain and the file that says where its texts are.
COLLECT = $(PYBABEL) extract --mapping=$(2) --sort-by-file --add-location=file --omit-header --no-wrap --output=$(CATALOGUES)/$(1).pot . \
	&& $(PYBABEL) update --domain=$(1) --input-file=$(CATALOGUES)/$(1).pot --output-dir=$(CATALOGUES) --no-fuzzy-matching \
		--ignore-pot-creation-date --no-wrap
LOCK := env PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/pip-compile pyproject.toml --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-emit-options --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help demo test chaos screenshots lint messages bench lock clean

help: ## Show this list
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/runtime-installed ## Start a small made-up study with web server and worker; ARGS=--once shows it and ends
	@$(BIN)/python -m followup_service.demo $(ARGS)

test: lint ## Check style and types, then run all tests with coverage; ARGS="tests/protocol -k fever" runs some
	@$(BIN)/python -m pytest $(if $(strip $(ARGS)),$(ARGS),--numprocesses=logical --dist=worksteal --cov)

chaos: $(VENV)/dev-installed ## Kill, stop and lie to the running service and count what is lost or twice; ARGS="--seed 7 --minutes 3 --database sqlite"
	@$(BIN)/python -W ignore::UserWarning -m tests.chaos $(ARGS)

screenshots: $(VENV)/dev-installed ## Take the pictures of docs/screenshots anew, with Debian's Chromium, from the demo's study
	@$(BIN)/python -m tests.browser.screenshots

lint: $(VENV)/dev-installed ## Check style, format and the types of the pure packages
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

messages: $(VENV)/dev-installed ## Collect the texts from code, studies and web pages into the catalogues
	@mkdir -p $(CATALOGUES)
	@$(call COLLECT,sms,babel.cfg)
	@$(call COLLECT,console,babel-console.cfg)

bench: $(if $(strip $(ARGS)),$(VENV)/dev-installed) ## List the benchmarks; ARGS=reading runs benchmarks/reading.py
	@$(if $(strip $(ARGS)),$(BIN)/python -m benchmarks.$(ARGS),ls benchmarks | sed -nE 's/^([a-z][a-z_]*)\.py$$/make bench ARGS=\1/p')

lock: $(VENV)/dev-installed ## Compile both lock files from pyproject.toml, newest versions that fit
	@$(LOCK) --output-file=requirements.txt
	@$(LOCK) --extra=dev --constraint=requirements.txt --output-file=requirements-dev.txt

clean: ## Remove the environment and what tools left; the data under instance/ stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis .coverage .coverage.* build dist ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: install it, or name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv), then try again." >&2; exit 1; }

$(VENV)/runtime-installed: requirements.txt | $(BIN)/python
	@$(PIP_INSTALL) -r $<
	@touch $@

$(VENV)/dev-installed: requirements-dev.txt | $(BIN)/python
	@$(PIP_INSTALL) -r $<
	@touch $@
