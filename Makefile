# Everything a newcomer needs is `make run` and `make test`; both prepare what they lack.

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := gateway adapters core memory
# Arguments for pytest, for example: make pytest ARGS="-k recall -x"
ARGS ?=
# Processes that share the tests; 0 for one alone, as a debugger needs it.
WORKERS ?= auto

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
# The order of `test` is meant, also under -j.
.NOTPARALLEL:
.PHONY: help install install-dev browser mail node run test lint types imports pytest identity mutants format lock docs wheel clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# The stamps make a second call instant; pip runs again only when a lock file changed.
.venv/bin/python:
	@scripts/make_venv.sh $(PYTHON)

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing OneThread and what it needs into .venv (once)"
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing the tools for tests, checks and documentation into .venv (once)"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/.installed ## make .venv and install OneThread into it

install-dev: .venv/.installed-dev ## the same, with the tools for tests, checks and documentation

browser: ## see to a Chromium for the browser tests
	@scripts/need_browser.sh

mail: ## see to the mail servers that e-mail is judged by
	@scripts/need_mail.sh

node: ## see to a Node.js for judges from npm
	@scripts/need_node.sh

run: install ## start the demo: no account, no server, no key
	@$(BIN)/onethread demo

test: install-dev browser mail node lint types imports docs wheel pytest ## everything, as the build server does

lint: install-dev ## style and the usual mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev ## strict types, tests and examples included
	$(BIN)/mypy $(PACKAGES) tests examples/systems
	@for one in telegram whatsapp letterhead calls; do \
		MYPYPATH=.:examples/$$one $(BIN)/mypy examples/$$one || exit 1; \
	done

imports: install-dev ## who may import whom
	$(BIN)/lint-imports --no-logo

# Tests last, so that the last line of `make test` is pytest's own summary.
pytest: install-dev ## the tests; ARGS="-k recall -x" goes to pytest
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

identity: install-dev ## a longer campaign of the machine that keeps customers apart
	$(BIN)/python -m tests.identity

mutants: install-dev ## take out each guard in turn, and see that a test notices
	$(BIN)/python -m tests.mutants

format: install-dev ## put every file into shape
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

docs: install-dev ## the documentation as HTML, into docs/_build
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -b html docs docs/_build

wheel: install-dev ## the wheel, into dist/
	@rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls dist

lock: install-dev ## choose the newest allowed versions and write both lock files
	@scripts/lock.sh $(BIN)/uv

clean: ## remove what make made; data/ stays
	rm -rf .venv dist docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
