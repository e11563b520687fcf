# Zaguán: `make demo` and `make test` set up what they need. `make help` lists the rest.
SHELL := bash
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
ARGS ?=

# an environment that was moved has the old path in its commands: make it anew
$(shell [ "$$(cat $(READY) 2>/dev/null)" = "$$PWD" ] || rm -f $(READY))

.PHONY: help demo test check fix bench bench-solver docs migration lock clean setup
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

check: $(READY) ## format, lint, types (Python and web), import contracts, rules of the house
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) tools/web.py --check
	@$(PY) -m pytest tests/house

fix: $(READY) ## format and mend what can be mended by itself
	@$(VENV)/bin/ruff check --fix-only .
	@$(VENV)/bin/ruff format .

bench: $(READY) ## run the benches (ARGS="roads solver …": some of them)
	@$(PY) tools/bench.py $(ARGS)

bench-solver: $(READY) $(VENV)/.peers ## the solver beside its peers (SET="cvrp-x lilim …" SECONDS=30 SEEDS=3)
	@$(PY) bench/solver/peers/run.py $(if $(SET),--set $(SET)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(ARGS)

# a peer that cannot be installed is named in the table's notes
$(VENV)/.peers: pyproject.toml | $(READY)
	@$(PY) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['peers'])" | \
		xargs $(PY) -m pip install --quiet --disable-pip-version-check && touch $@ || \
		echo "zaguán: not all peers could be installed; pip says why above"

docs: $(READY) ## write the generated reference pages
	@$(PY) tools/docs.py

migration: $(READY) ## write the SQL for changed tables (NAME="Let routes know their depot")
	@$(PY) tools/migration.py "$(NAME)" $(ARGS)

lock: $(READY) ## renew requirements.lock from pyproject.toml (ARGS=--upgrade: newest versions)
	@$(PY) tools/lock.py $(ARGS)

clean: ## remove the environment and what the demo made
	@rm -rf $(VENV) demo
