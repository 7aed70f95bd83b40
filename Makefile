# crf2csr: the commands of a study. `make` alone lists them.
# STUDY=DIR works on another study folder; T=14.2.2 makes one output; SDTM=DIR names the SDTM files
# of a study that starts there.

STUDY ?= .
T ?=
SDTM ?=
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m pipeline
ON := --study "$(STUDY)" $(if $(SDTM),--sdtm "$(SDTM)")
CORE_CACHE ?=
CORE_PYTHON ?= python3.12
CORE_ENGINE := cdisc-rules-engine==0.17.1

.DEFAULT_GOAL := help
.PHONY: help tlf sdtm adam validate core export package why test lint clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

tlf: $(VENV)/.runtime ## the whole study: datasets, validation, XPT, tables, listings and figures
	@$(RUN) build $(ON) $(if $(T),--output "$(T)")

sdtm: $(VENV)/.runtime ## the SDTM datasets
	@$(RUN) build sdtm $(ON)

adam: $(VENV)/.runtime ## the ADaM datasets
	@$(RUN) build adam $(ON)

validate: $(VENV)/.runtime ## the validation report
	@$(RUN) validate $(ON)

core: $(VENV)/.runtime ## CDISC CORE on the XPT files, merged into the validation report: CORE_CACHE=DIR
	@test -n "$(CORE_CACHE)" || { echo "CORE: not run; name its rules cache: make core CORE_CACHE=DIR (resources/cache of github.com/cdisc-org/cdisc-rules-engine)"; exit 1; }
	@$(MAKE) --no-print-directory .venv-core/.engine
	@$(RUN) core --study "$(STUDY)" --cache "$(CORE_CACHE)" --python .venv-core/bin/python

export: $(VENV)/.runtime ## the XPT files
	@$(RUN) export $(ON)

package: $(VENV)/.runtime ## the submission package
	@$(RUN) package $(ON)

why: $(VENV)/.runtime ## what would be rebuilt, and why
	@$(RUN) build --why $(ON)

test: $(VENV)/.dev ## run the tests
	@$(VENV)/bin/python -m pytest

lint: $(VENV)/.dev ## style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

clean: ## remove what was built
	rm -rf "$(STUDY)/build"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: Python 3.11 or newer is needed; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "error: no venv module; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "setting up Python packages (once) ..."
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv-core/.engine:
	@$(CORE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || \
		{ echo "CORE: not run; its engine needs Python 3.12, name one: make core CORE_PYTHON=/path/to/python3.12"; exit 1; }
	@echo "setting up the rules engine of CDISC (once) ..."
	@$(CORE_PYTHON) -m venv .venv-core
	@.venv-core/bin/python -m pip install --quiet --disable-pip-version-check "$(CORE_ENGINE)"
	@touch $@
