# Two doors: `make run` and `make test`. Each sets up .venv by itself, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INPUT ?= seeds/contributions
WORKSPACE ?= workspace

.PHONY: run test lint clean
.DELETE_ON_ERROR:

run: $(VENV)/.installed
	@$(BIN)/doleances run $(INPUT) --workspace $(WORKSPACE)

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The French model comes first, by its hash, so that nothing else can be taken for it.
$(VENV)/.installed: pyproject.toml constraints.txt model-requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --no-deps -r model-requirements.txt
	$(BIN)/pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet -c constraints.txt -e ".[dev,cluster,notebooks]"
	@touch $@

clean:
	rm -rf $(VENV) workspace build dist
