# Everything a person types. `make` alone says what there is.

VENV := .venv
PYTHON := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: sbom audit help setup run test check torture format bench bench-window bench-words clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make the virtual environment in .venv; does nothing when it is there
	@scripts/bootstrap.sh

run: setup ## open the window, on your folder with LIBRARY=/path/to/pictures
	@$(PYTHON) -m app.demo "$$LIBRARY"

test: setup ## run the tests
	@$(PYTHON) -m pytest $(ARGS)

check: setup ## style, types and the direction of imports
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: setup ## put the code into its form
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

torture: setup ## clean up in thousands of small worlds while everything goes wrong; RUNS=5000 of each kind
	@TWINSIGHT_TORTURE_RUNS=$${RUNS:-5000} $(PYTHON) -m pytest tests/core/review/test_properties.py --timeout 0 --hypothesis-show-statistics

bench: setup ## time an index, a scan, a search, and the window, on the sample library, or on LIBRARY=...
	@$(PYTHON) tests/bench/run.py "$$LIBRARY"
	@$(PYTHON) -m tests.bench.window "$$LIBRARY" "$$CATALOG"

bench-accuracy: setup ## what each preset finds and costs: TRUTH="a/truth.csv ..." DESCRIPTORS="NAME ..." GROWTH=folder PEERS=python OUT=table.md, all optional
	@$(PYTHON) -m tests.bench.accuracy $$TRUTH $${DESCRIPTORS:+--descriptors $$DESCRIPTORS} $${GROWTH:+--growth "$$GROWTH"} $${PEERS:+--peers "$$PEERS"} $${OUT:+--out "$$OUT"}

bench-window: setup ## time the window itself, on the sample library, or on LIBRARY=... known to CATALOG=...
	@$(PYTHON) -m tests.bench.window "$$LIBRARY" "$$CATALOG"

bench-words: setup ## hold the words of the evidence against TRUTH=/path/to/truth.csv
	@$(PYTHON) -m tests.bench.evidence_words "$$TRUTH"

sbom: setup ## write what a release is made of to dist/twinsight.cdx.json
	@$(PYTHON) scripts/sbom.py

audit: setup ## ask whether the pinned packages have known holes; needs pip-audit on the PATH and a network, fails without
	@pip-audit --requirement constraints.txt --no-deps --disable-pip --strict

clean: ## remove what tools leave behind; .venv stays
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find app core resources tests -name __pycache__ -type d -prune -exec rm -rf {} +
