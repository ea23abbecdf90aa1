# make run    everything on this machine, until Ctrl-C
# make test   what the build server runs
# make check  lint, types, import contracts, the indentation of templates, and known weaknesses in what is pinned (where that can be asked)

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install -c constraints.txt
# Tests wait more than they compute, on servers and for what must not happen: two workers for each core.
JOBS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

# What is compiled is kept, whatever the shell says: tests start hundreds of processes, which would all compile it anew.
test: export PYTHONDONTWRITEBYTECODE =

.PHONY: run test check clean

run: $(VENV)/installed
	@$(PY) -m service.cli up $(ARGS)

test: $(VENV)/installed-dev
	@sh tests/setup_browser
	@sh .ci/in_memory sh .ci/beside "$(MAKE) --no-print-directory check" \
		$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(VENV)/bin/djhtml --check --tabwidth 2 service
	@$(VENV)/bin/djcss --check --tabwidth 2 service
	@$(PY) .ci/audit

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@echo "Kept: .data (the registers). Remove it by hand if you mean to."

$(VENV)/installed: pyproject.toml constraints.txt .ci/setup_python
	@sh .ci/setup_python $(VENV)
	@echo "Installing the pinned parts; the first time this takes a minute or two."
	@$(PIP) -e '.[local]'
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt .ci/setup_python
	@sh .ci/setup_python $(VENV)
	@echo "Installing the pinned parts and the test tools; the first time this takes a minute or two."
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/installed $@
