# make run    all set-up, demo data, and the server at http://127.0.0.1:$PORT (8000)
# make test   all set-up for tests, then every test
# make check  the static checks and the tests on SQLite alone, for work in between
# make lock   the packages locked anew from requirements/*.in (needs uv)
# make bench  requests per second against a bare Django view

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PY := .venv/bin/python
UV ?= uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: run test check lock bench python prepare-run prepare-test

run: prepare-run
	@DEMO=$${DEMO:-1} exec $(PY) manage.py start

test: prepare-test
	@exec $(PY) scripts/run_tests.py $(ARGS)

check: prepare-test
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy
	@exec $(PY) -m pytest --numprocesses 2 --dist loadfile -m "not e2e" $(ARGS)

lock:
	cd requirements && $(LOCK) $(ARGS) base.in --output-file base.txt
	cd requirements && $(LOCK) $(ARGS) dev.in --constraint base.txt --output-file dev.txt

bench: prepare-test
	@exec $(PY) -m bench $(ARGS)

python:
	@test -n "$(PYTHON)" || { echo "PMPZI memerlukan Python 3.11 atau lebih baru (python3)." >&2; exit 1; }

prepare-run prepare-test: prepare-%: python
	@$(PYTHON) scripts/prepare.py $*
