# Every target makes its own virtual environment when there is none; Python 3.11 or newer is all that it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
OAUTH := .oauth
OIDC_PROVIDER := 9.13.3

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types contracts requirements screenshots docs fields bench oauth clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/runtime ## Open the app on simulated traffic
	@$(BIN)/python -m redox_tui demo

test: $(VENV)/dev ## Run the tests (PYTEST="..." adds options)
	$(BIN)/python -m pytest -n auto $(PYTEST)

check: lint types contracts requirements test ## Everything that CI checks

lint: $(VENV)/dev ## Style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/dev ## Types of the code and the tests
	$(BIN)/mypy

contracts: $(VENV)/dev ## Who may import whom
	$(BIN)/lint-imports

requirements: $(VENV)/dev ## Which test stands for which numbered requirement
	$(BIN)/python -m tools.requirements

screenshots: $(VENV)/dev ## Draw screenshots/*.svg from the simulator
	$(BIN)/python -m tools.screenshots

docs: $(VENV)/dev ## Write docs/keys.md from the registry of commands, and docs/settings.md
	$(BIN)/python -m tools.keys
	$(BIN)/python -m tools.settings

fields: $(VENV)/dev ## Write the index of field paths from the data models on PyPI
	$(BIN)/python -m tools.fields

bench: $(VENV)/dev ## Measure speed and memory as ratios against baselines
	$(BIN)/python -m tests.bench

oauth: $(VENV)/dev $(OAUTH)/$(OIDC_PROVIDER) ## Try tokens with an OAuth server that is not ours (needs node and npm)
	REDOX_TUI_OIDC_PROVIDER=$(OAUTH) $(BIN)/python -m pytest tests/oauth $(PYTEST)

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) $(OAUTH) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/runtime: requirements/runtime.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "redox-tui needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/runtime.txt
	@touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml $(VENV)/runtime
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(OAUTH)/$(OIDC_PROVIDER):
	npm install --prefix $(OAUTH) --no-save --ignore-scripts --no-audit --no-fund oidc-provider@$(OIDC_PROVIDER)
	@touch $@
