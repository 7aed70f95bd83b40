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

.DEFAULT_GOAL := help
.PHONY: help tlf sdtm adam validate export package why test lint clean

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
