# `make up` runs Undersign, `make test` tests it, `make check` reads it. `make help` lists everything.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough and whole, the system's own before any other: distributions build it to be fast
# and keep it mended (docs/decisions/0131). Nothing is ever installed into it.
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys, ssl, zipfile; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$p" && break; done)

export UV_PYTHON := $(PYTHON)
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := true
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

UV := .uv/uv
RUN := .venv/bin/
TESTS ?=
PHASES ?=
CASES ?=
SHORT ?=

.PHONY: help up install test check bench bench-growth bench-answers drill siege messages format uv python tools chromium

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

up: install ## Install and run everything with a demo campaign; Ctrl-C stops it
	@exec $(RUN)undersign up --demo

install: uv ## Install what running needs into .venv
	@$(UV) sync --quiet --frozen --no-dev --group translations --inexact
	@$(RUN)python scripts/compile_translations.py

test: tools chromium ## Run all tests (TESTS=path chooses, e.g. TESTS=tests/signing)
	@CHROMIUM="$$($(RUN)python scripts/find_chromium.py)" $(RUN)pytest -q -n 2 --dist loadfile $(TESTS)

check: tools ## Style, types, import rules, migrations, translations, deploy/
	@$(RUN)ruff check
	@$(RUN)ruff format --check
	@$(RUN)mypy
	@$(RUN)lint-imports
	@$(RUN)python scripts/check_migrations.py
	@$(RUN)pytest -q -p no:cacheprovider tests/test_models_direction.py
	@$(RUN)python scripts/check_translations.py
	@$(RUN)python -m scripts.check_deploy

messages: tools ## Bring the catalogues of translations up to what the code says
	@$(RUN)python scripts/update_translations.py

bench: tools ## Measure speed against nginx, pgbench and plain Django (PHASES="reads writes" chooses, SHORT=1 hurries)
	@$(RUN)python -m bench $(if $(SHORT),--short) $(PHASES)

bench-growth: tools ## Measure what ten million signatures change; needs 25 GB (SHORT=1 hurries, with a million)
	@$(RUN)python -m bench.growth $(if $(SHORT),--short --signatures 1000000) $(PHASES)

bench-answers: tools ## Measure whether the time of an answer tells who has signed
	@$(RUN)python -m bench.timing_of_answers

drill: tools ## Break one part after the other under load and count afterwards (CASES=names, SHORT=1)
	@$(RUN)python -m bench.drill $(CASES) $(if $(SHORT),--short)

siege: tools ## Attack an instance made for it, and report what came through (SHORT=1)
	@$(RUN)undersign siege $(if $(SHORT),--short)

format: tools ## Put the code in its usual shape
	@$(RUN)ruff check --fix --quiet
	@$(RUN)ruff format

chromium: tools ## Find a Chromium for the browser tests, or install one
	@$(RUN)python scripts/find_chromium.py --install >/dev/null

tools: uv
	@$(UV) sync --quiet --frozen
	@$(RUN)python scripts/compile_translations.py

uv: python
	@"$(PYTHON)" scripts/bootstrap_uv.py

python:
	@test -n "$(PYTHON)" || { \
		echo "Undersign needs Python 3.11 or newer, and none was found as python3 or python3.11 to python3.14." >&2; \
		echo "On Debian and Ubuntu: sudo apt-get install python3. On macOS: brew install python." >&2; \
		exit 1; }
