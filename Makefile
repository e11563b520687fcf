# Zaguán: `make demo` and `make test` set up what they need. `make help` lists the rest.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
ARGS ?=

.PHONY: help demo test check fix bench docs lock clean setup
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## make the environment in .venv
$(READY): requirements.lock pyproject.toml tools/setup.sh tools/warm.py
	@bash tools/setup.sh $(VENV)

demo: $(READY) ## build a town, plan a real day in it, show the plan
	@$(PY) tools/web.py
	@$(VENV)/bin/zaguan demo $(ARGS)

test: $(READY) ## run the tests
	@$(PY) tools/web.py
	@$(PY) -m pytest -n 2 $(ARGS)

check: $(READY) ## format, lint, types, import contracts
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache

fix: $(READY) ## format and mend what can be mended by itself
	@$(VENV)/bin/ruff check --fix-only .
	@$(VENV)/bin/ruff format .

bench: $(READY) ## run the benches (ARGS="roads solver …" for some of them)
	@$(PY) tools/bench.py $(ARGS)

docs: $(READY) ## write the generated reference pages
	@$(PY) tools/docs.py

lock: $(READY) ## renew requirements.lock from pyproject.toml
	@$(PY) tools/lock.py

clean: ## remove the environment and what the demo made
	@rm -rf $(VENV) demo
