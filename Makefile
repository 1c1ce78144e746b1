# Everything a person does with a clone. `make serve` and `make test` need nothing but Python 3.11 with venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: serve test lint format bench lock system

serve: $(READY)
	$(BIN)/voxhall serve

# tests of a file share servers, so it stays with one process
test: $(READY)
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile $(ARGS)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	for each in throughput length responsiveness crashes webhooks speech voices intelligibility lesan listening translation agent; do PYTHONPATH=tests $(BIN)/python benchmarks/$$each.py || exit 1; done

# pins and hashes, but no addresses: whatever registry is configured is used
lock: $(READY)
	$(BIN)/uv pip compile --generate-hashes --universal --no-header --no-annotate --group dev pyproject.toml -o requirements.lock

# Debian packages that widen the defaults; nothing needs them
system:
	apt-get install -y --no-install-recommends curl festival festvox-us-slt-hts flite libportaudio2 nodejs \
		apertium apertium-eng-spa apertium-eng-cat apertium-en-gl apertium-eo-en apertium-eu-en apertium-hbs-eng apertium-isl-eng apertium-mkd-eng

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@
