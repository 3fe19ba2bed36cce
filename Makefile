# Everything is done in .venv, which the first call makes and later ones keep up to date with pyproject.toml.
# Needed: make, and Python 3.11 or later (another one than python3: make PYTHON=python3.13 …).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PROJECTS_PYTHON := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo migration dictionary test test-fast test-lowest test-systemd soak backlog bench bench-answers lint types venv wheel clean
.DELETE_ON_ERROR:

help: ## list what there is
	@echo "make demo      see it work with a pretend account (KEEP=1: stays up until Ctrl-C; OBJECTS=20000)"
	@echo "make test      run all tests (ARGS='-k name' runs some, ARGS='-m \"not slow\"' most)"
	@echo "make test-lowest    run the tests with the lowest versions allowed"
	@echo "make test-fast what needs no server, in a minute"
	@echo "make test-systemd   boot the units in a container (root; a few minutes)"
	@echo "make soak      play random histories with everything going wrong (MINUTES=60 SEED=n SECONDS=60)"
	@echo "make backlog   let it read 300,000 events after three months of rest (EVENTS=n)"
	@echo "make bench     measure it beside COPY, dlt and tap-invoiced (ARGS=--quick, ARGS=--no-peers)"
	@echo "make bench-answers  time the views on a million invoices (ARGS='--invoices 100000')"
	@echo "make lint      ruff, and the import layers"
	@echo "make types     mypy --strict"
	@echo "make venv      only make or renew $(VENV)"
	@echo "make migration NAME=add_color   write the migration for what sql/tables says anew"
	@echo "make dictionary     write docs/data-dictionary.md anew from sql/"
	@echo "make wheel     build the wheel into dist/"
	@echo "make clean     remove what all this made"

demo: $(READY)
	@$(BIN)/invoiced-sync demo $(if $(filter-out 0 no,$(KEEP)),--keep) $(if $(OBJECTS),--objects $(OBJECTS))

test: $(READY)
	@$(PROJECTS_PYTHON) -m pytest -n 4 $(ARGS)

test-fast: $(READY)
	@$(PROJECTS_PYTHON) -m pytest -n 2 tests/unit tests/repo $(ARGS)

test-lowest: ## with the lowest versions that pyproject.toml allows, in a venv of its own
	@$(MAKE) --no-print-directory VENV=.venv-lowest LOWEST=1 test ARGS="-m 'not slow' tests/unit tests/integration tests/acceptance $(ARGS)"

test-systemd: $(READY)
	@[ "$$(id -u)" = 0 ] || { echo "It boots containers: run it as root (sudo make test-systemd)." >&2; exit 1; }
	@$(PROJECTS_PYTHON) -m pytest tests/systemd $(ARGS)

soak: $(READY)
	@$(PROJECTS_PYTHON) -m tests.support.soak --minutes $(or $(MINUTES),60) $(if $(SEED),--seed $(SEED)) \
	  $(if $(SECONDS),--seconds $(SECONDS))

backlog: $(READY)
	@$(PROJECTS_PYTHON) -m tests.support.backlog $(if $(EVENTS),--events $(EVENTS))

bench: $(READY)
	@$(PROJECTS_PYTHON) -m bench $(ARGS)

bench-answers: $(READY)
	@$(PROJECTS_PYTHON) -m bench.answers $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

types: $(READY)
	@$(BIN)/mypy

migration: $(READY)
	@$(PROJECTS_PYTHON) -m sync_daemon.postgres.table_ddl $(NAME)

dictionary: $(READY)
	@mkdir -p docs
	@$(BIN)/invoiced-sync describe --format markdown > docs/data-dictionary.md

wheel: $(READY)
	@$(PROJECTS_PYTHON) -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

venv: $(READY)

# Groups of dependencies are known to pip 25.1 and later, which no Python 3.11 brings along.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed, as $(PYTHON) or named like this: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	  echo "$(PYTHON) lacks the module venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) (once; a minute or so) …"
	@$(PROJECTS_PYTHON) -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PROJECTS_PYTHON) -m pip install --quiet --upgrade 'pip>=25.1'
	@$(if $(LOWEST),$(PROJECTS_PYTHON) tests/support/lowest.py > $(VENV)/lowest.txt)
	@$(PROJECTS_PYTHON) -m pip install --quiet --editable '.[demo]' \
	  $(if $(LOWEST),--constraint $(VENV)/lowest.txt --group test,--group dev)
	@touch $@

clean: ## the data of real use lies elsewhere and is left alone
	rm -rf $(VENV) .venv-lowest dist build .container .grimp_cache .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
