PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

.PHONY: demo test gpu lint format docs dist clean

demo: .venv/.installed
	$(BIN)/python examples/demo.py

test: .venv/.installed
	$(BIN)/pytest -n auto

gpu: .venv/.installed
	cd benchmarks && ../$(BIN)/python gpu.py

lint: .venv/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: .venv/.installed-docs
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

dist: .venv/.installed
	@$(PIP_INSTALL) -e ".[dist]"
	rm -rf build dist
	$(BIN)/python -m build

clean:
	rm -rf build dist *.egg-info docs/_build docs/api/examples docs/api/generated docs/auto_examples demo_output
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "sklearn_rnn needs Python 3.11 or newer, and '$(PYTHON)' is not:" \
	    "$$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Installing into .venv (a few minutes the first time) ..."
	@$(PYTHON) -m venv .venv
	@$(PIP_INSTALL) -e ".[test,lint,plot]"
	@touch $@

.venv/.installed-docs: .venv/.installed
	@echo "Installing the documentation tools into .venv ..."
	@$(PIP_INSTALL) -e ".[docs]"
	@touch $@
