# make help lists the targets. PYTHON chooses the interpreter (3.11 or newer), VENV where the environment is made.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
.DEFAULT_GOAL := help

.PHONY: help demo test check format test-long mutations truth error-rates detection kill-test scaling clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "emgpipe needs Python 3.11 or newer; say which with: make demo PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.ready ## simulate the demo study, run it, print the ranking and where the report is
	$(BIN)/emgpipe demo raw/demo --recordings-only
	$(BIN)/emgpipe run configs/demo.yaml

test: $(VENV)/.ready-dev ## install what the tests need and run them
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.ready-dev ## formatting, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-dev ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test-long: $(VENV)/.ready-dev ## the long forms of the tests as well
	EMGPIPE_LONG=1 $(BIN)/python -m pytest -n auto --dist loadfile

mutations: $(VENV)/.ready-dev ## damage files in many ways, count what each reader makes of them (INPUTS=2000 per file)
	$(BIN)/python benchmarks/mutated_inputs.py --inputs $(or $(INPUTS),2000)

truth: $(VENV)/.ready-dev ## compute the demo study's truth again (some minutes)
	$(BIN)/python benchmarks/demo_truth.py

error-rates: $(VENV)/.ready-dev ## simulate how often each test errs (about ten minutes)
	$(BIN)/python -m benchmarks.error_rates

detection: $(VENV)/.ready-dev ## put faults into clean recordings, count what the checks find (about ten minutes)
	$(BIN)/python -m benchmarks.detection --write
	$(BIN)/python -m benchmarks.checks_page

kill-test: $(VENV)/.ready-dev ## kill runs at 200 random moments, look that nothing is lost (half an hour; MOMENTS=20)
	$(BIN)/python -m benchmarks.kill_test --moments $(or $(MOMENTS),200)

scaling: $(VENV)/.ready-dev ## measure 10, 100 and 1000 sessions, and the stages of a run (ten minutes; SIZES="10 100")
	$(BIN)/python -m benchmarks.scaling --sizes $(or $(SIZES),10 100 1000) --write
	$(BIN)/python -m benchmarks.time_split --write

clean: ## remove the environment and everything that can be made again
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
