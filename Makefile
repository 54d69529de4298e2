# Every task of the project, each from a fresh clone on. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
WHEELHOUSE := .cache/wheelhouse
NPM := .cache/npm
JUDGE := tests/judges/npm
CSDX := tests/judges/csdx
# Tests wait for programs half of their time, so two processes share a core.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTEST := $(BIN)/python -m pytest --numprocesses $(shell expr $(CORES) \* 2) --maxprocesses 8 --dist loadgroup
# More arguments for the command that a target runs: make test ARGS="-k wizard", make
# demo ARGS="--region eu".
ARGS ?=
# The first of ten seeds for what make soak does at random.
SEED ?= 0
SOAKED := tests/contentstack/test_faults.py tests/screens/test_mashing.py tests/screens/test_growth.py \
	tests/terminal/test_long_sessions.py tests/terminal/test_storms.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# --- for everyone ---------------------------------------------------------------------

.PHONY: help
help: ## List these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-17s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: $(VENV)/.stamp-run ## Open the dashboard on the embedded stack; sets up what it needs
	@$(BIN)/tokendeck --demo $(ARGS)

.PHONY: test
test: setup ## Run the tests without the long ones, which `make check` adds; sets up what they need
	@$(PYTEST) --short $(ARGS)

.PHONY: soak
soak: setup ## Run the long tests: every fault with every call, random input, hours of use; SEED=7 begins with other seeds
	@SEED=$(SEED) $(PYTEST) -m "soak or not soak" -o faulthandler_timeout=0 $(SOAKED) $(ARGS)

.PHONY: judges
judges: setup ## Have Contentstack's own clients judge the sandbox, csdx too (300 MB from npm, once)
	@tools/fetch_npm.sh $(CSDX) .cache/csdx
	@$(PYTEST) tests/judges $(ARGS)

.PHONY: realterms
realterms: $(VENV)/.stamp-dev ## Look at it in xterm and kitty under Xvfb: keys, clipboard, pictures in .cache/realterms
	@$(BIN)/python -m pytest -m realterms tests/realterms $(ARGS)
	@echo "realterms: the pictures are in .cache/realterms"

.PHONY: setup
setup: $(VENV)/.stamp-dev $(WHEELHOUSE)/.stamp npm ## Fetch everything once; demo and tests then run offline

.PHONY: system-deps
system-deps: ## Install the apt packages of the wider tests; ARGS=realterms adds those of `make realterms`
	@tools/system_deps.sh $(ARGS)

# --- for those who change it ----------------------------------------------------------

.PHONY: check
check: format-check lint types contracts spelling coverage ## All that CI asks: format, lint, types, contracts, spelling, tests
	@echo "check: all passed"

.PHONY: format
format: $(VENV)/.stamp-dev ## Put the sources into the project's format
	@$(BIN)/ruff check --quiet --select I --fix .
	@$(BIN)/ruff format .

.PHONY: format-check
format-check: $(VENV)/.stamp-dev
	@echo "format:"
	@$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/.stamp-dev ## Look for likely mistakes
	@echo "lint:"
	@$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/.stamp-dev ## Check the types of source, tests, tools and benchmarks, strictly
	@echo "types:"
	@$(BIN)/mypy

.PHONY: contracts
contracts: $(VENV)/.stamp-dev ## Check which room imports from which
	@echo "contracts:"
	@$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter

.PHONY: spelling
spelling: $(VENV)/.stamp-dev ## Look for misspelt words
	@echo "spelling:"
	@$(BIN)/codespell && echo "No misspelt word found."

.PHONY: coverage
coverage: setup
	@echo "tests:"
	@$(PYTEST) --cov --cov-branch --cov-report=term $(ARGS)

.PHONY: screenshots
screenshots: $(VENV)/.stamp-dev ## Draw screenshots/ from the running program, SVG and PNG
	@$(BIN)/python -m tools.screenshots $(ARGS)

.PHONY: strings
strings: $(VENV)/.stamp-dev ## List every sentence that a user can see, for someone to read
	@$(BIN)/python -m tools.strings

.PHONY: docs
docs: $(VENV)/.stamp-dev ## Write the tables in docs/ that are made from the program
	@$(BIN)/python -m tools.docs

.PHONY: bench
bench: $(VENV)/.stamp-dev ## Measure bytes, times and memory beside a bare Textual program; writes benchmarks/results.md
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: lock
lock: $(VENV)/.stamp-dev ## Write requirements/ from pyproject.toml; ARGS=--upgrade takes the newest versions
	@tools/lock.sh $(ARGS)

.PHONY: audit
audit: $(VENV)/.stamp-dev ## Ask the advisory service about the locked packages; needs the network
	@$(BIN)/python -m tools.audit

.PHONY: build
build: $(VENV)/.stamp-dev ## Build wheel and source archive into dist/
	@$(BIN)/python -m hatchling build

.PHONY: clean
clean: ## Remove all that these targets made
	@rm -rf $(VENV) .cache dist build .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the targets stand on: built once, and again when what it follows changes ------

$(VENV)/.stamp-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tokendeck needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# The lock files are whole, so pip has nothing to resolve; asked to, an old one looks
# past them for newer versions.
$(VENV)/.stamp-run: requirements/run.txt pyproject.toml $(VENV)/.stamp-venv
	@echo "Installing what the program needs (requirements/run.txt)"
	@$(PIP) install --no-deps --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.stamp-dev: requirements/dev.txt $(VENV)/.stamp-run
	@echo "Installing what the tests need (requirements/dev.txt)"
	@$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

$(WHEELHOUSE)/.stamp: requirements/run.txt $(VENV)/.stamp-venv
	@echo "Fetching the wheels for the install test ($(WHEELHOUSE))"
	@rm -rf $(WHEELHOUSE) && mkdir -p $(WHEELHOUSE)
	@$(PIP) download --require-hashes --no-deps --only-binary :all: -r requirements/run.txt -d $(WHEELHOUSE)
	@touch $@

# A missing node is a reason to skip a test, not to stop: what happened is said, and
# tried again next time.
.PHONY: npm
npm:
	@tools/fetch_npm.sh $(JUDGE) $(NPM)
