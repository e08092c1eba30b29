# Everything a developer or a machine runs. A fresh machine needs Python 3.11 or newer, git and make; the rest is fetched
# into this folder (.tools/ and .venv/). `make help` lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test test-all test-browser lint bench docs clean browser foreign

# The project's own uv, whatever else the machine has; `make setup UV=/path/to/uv` uses that one instead.
UV = .tools/uv
BIN := .venv/bin
ARGS ?=

export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV

help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

setup: .venv/.complete  ## Fetch uv and every dependency into this folder

demo: setup  ## Build the Afghan case of 2020 and open the workbench (ARGS=--no-serve: only print where it stands)
	$(BIN)/quittance demo $(ARGS)

test: setup browser foreign  ## Run the tests, without the slow ones (ARGS=... is passed to pytest)
	$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile $(ARGS)

test-all: setup browser foreign .venv/.fuzz  ## Run every test, slow and destructive ones, the mutants and the fuzzers
	QUITTANCE_KILLS=200 $(BIN)/python -m pytest
	$(BIN)/python -m tests.mutants
	$(BIN)/python -m tests.fuzz --all --seconds 20

test-browser: setup browser  ## Run only the tests that need a browser
	$(BIN)/python -m pytest tests/browser $(ARGS)

lint: setup  ## Check style, types, imports and docstrings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate --quiet src

bench: .venv/.bench  ## Measure the speed, each part beside its peers
	$(BIN)/python -m bench $(ARGS)

docs: .venv/.docs  ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:  ## Remove everything that make has made
	rm -rf .venv .tools site build dist demo-case .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

browser:
	@sh tests/browser/ensure_chromium.sh

foreign:
	@sh tests/interop/ensure.sh
	@sh tests/ensure_postgresql.sh
	@sh tests/ensure_tools.sh

# The stamps lie inside .venv, so removing it removes them too.
.venv/.complete: pyproject.toml uv.lock | $(UV)
	$(UV) sync --locked --all-extras --group dev --group browser --group foreign
	@touch $@

.venv/.docs: .venv/.complete
	$(UV) sync --locked --all-extras --inexact --group docs
	@touch $@

.venv/.fuzz: .venv/.complete
	$(UV) sync --locked --all-extras --inexact --group fuzz
	@touch $@

.venv/.bench: .venv/.complete
	$(UV) sync --locked --all-extras --inexact --group bench
	@$(UV) sync --locked --all-extras --inexact --group bench --group peers --quiet || \
	  echo "nomenklatura is left out of the comparison: its PyICU needs ICU's headers and a C++ compiler (Debian: apt-get install libicu-dev g++)."
	@touch $@

.tools/uv:
	@mkdir -p .tools; \
	for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$${python:-}" ]; then \
	  echo "Quittance needs Python 3.11 or newer, and none is on the PATH. Install one and run make again." >&2; exit 1; \
	fi; \
	if "$$python" -m venv --clear .tools/venv >.tools/setup.log 2>&1; then \
	  install="$(CURDIR)/.tools/venv/bin/python -m pip install"; folder=venv; \
	elif "$$python" -m pip --version >>.tools/setup.log 2>&1; then \
	  rm -rf .tools/venv; install="$$python -m pip install --target .tools/pip"; folder=pip; \
	else \
	  rm -rf .tools/venv; \
	  echo "This Python has neither venv nor pip. Install one (Debian: apt-get install python3-venv), or give make UV=/path/to/uv." >&2; exit 1; \
	fi; \
	echo "Fetching uv into .tools/"; \
	if ! $$install --quiet 'uv>=0.8,<1' >>.tools/setup.log 2>&1; then \
	  tail -n 3 .tools/setup.log >&2; \
	  echo "uv could not be fetched (whole log: .tools/setup.log). Check the network, or give make UV=/path/to/uv." >&2; exit 1; \
	fi; \
	ln -sf $$folder/bin/uv .tools/uv
