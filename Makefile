# Paperhouse: `make build` and `make test` are all a newcomer needs; both set everything up first.
PYTHON ?= python3
VENV ?= .venv
WAREHOUSE ?= warehouse
DUMPS ?=
BIN := $(VENV)/bin
# `make setup EXTRAS=spark` is remembered: later targets keep what it installed, until `make setup EXTRAS=` says otherwise.
EXTRAS ?= $(shell cat $(VENV)/.extras 2>/dev/null)
EMPTY :=
READY := $(VENV)/.ready$(subst $(EMPTY) $(EMPTY),,$(EXTRAS:%=-%))
LOCKS := requirements.lock $(EXTRAS:%=requirements-%.lock)
PYTEST := $(BIN)/pytest -q -rs -n 2 --dist loadgroup --no-loadscope-reorder

COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11.5 \
	--generate-hashes --no-emit-index-url --no-header --quiet

export DO_NOT_TRACK := 1

.PHONY: help setup build test test-deep lint types sql lock docs package clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## make the virtual environment from the hashed lock; EXTRAS=spark adds that extra's lock

# uv itself comes out of the same lock, with its hashes, through pip; everything else comes through uv. Compiled at once:
# where PYTHONDONTWRITEBYTECODE is set, as in many containers, each command would compile 6,000 modules anew (11 s).
$(READY): $(LOCKS) pyproject.toml
	@echo "Setting up $(VENV) (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit("Paperhouse needs Python 3.11.5 or newer; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12 ...") if sys.version_info < (3, 11, 5) else 0'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes $(LOCKS)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.ready*
	@echo $(EXTRAS) > $(VENV)/.extras
	@touch $(READY)

build: setup  ## build a warehouse: DUMPS=path (default: the inbox, else a sample), WAREHOUSE=path
	@$(BIN)/paperhouse build --warehouse "$(WAREHOUSE)" $(DUMPS)

test: setup  ## lint, type check, and the tests that take minutes together; DEEP=1: all there are, or by TURN=1/2 half of the long ones; LINTED=1: the tests alone
	@$(if $(LINTED),,$(MAKE) --no-print-directory lint)
	@$(PYTEST) $(if $(DEEP),$(if $(TURN),--turn $(TURN)),-m "not deep")

test-deep: setup  ## the tests that take minutes each: killed, corrected, upgraded and repeated builds
	@$(PYTEST) -m deep

lint: setup  ## ruff, mypy and sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 --output-sync types sql

types:
	@rm -rf $(VENV)/names && mkdir -p $(VENV)/names/paperhouse
	@ln -s $(CURDIR)/pipelines/* $(CURDIR)/expectations $(VENV)/names/paperhouse/
	@MYPYPATH=$(VENV)/names $(BIN)/mypy $(VENV)/names/paperhouse benchmarks

sql:
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 dbt_project

docs: setup  ## write the data dictionary from the dbt yml
	@$(BIN)/python -m paperhouse.release.dictionary

package: setup  ## make the wheel and the sdist in dist/, and judge them
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist . > $(VENV)/package.log 2>&1 || { cat $(VENV)/package.log; exit 1; }
	@$(BIN)/twine check --strict dist/*
	@$(BIN)/check-wheel-contents dist/*.whl

# An engine's extra has a lock of its own, which holds what it adds: the other installs grow by nothing.
lock: setup  ## renew the locks from pyproject.toml
	@$(COMPILE) --extra dev --extra peers --upgrade --output-file requirements.lock
	@$(COMPILE) --extra spark --constraints requirements.lock --output-file $(VENV)/spark.lock
	@awk 'FNR == NR {if (/^[a-z0-9]/) locked[$$1]; next} /^[a-z0-9]/ {on = !($$1 in locked)} on' \
		requirements.lock $(VENV)/spark.lock > requirements-spark.lock
	@$(COMPILE) --extra cloud --extra away --constraints requirements.lock --output-file $(VENV)/cloud.lock
	@awk 'FNR == NR {if (/^[a-z0-9]/) locked[$$1]; next} /^[a-z0-9]/ {on = !($$1 in locked)} on' \
		requirements.lock $(VENV)/cloud.lock > requirements-cloud.lock

clean:  ## remove the virtual environment and caches (never data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs
