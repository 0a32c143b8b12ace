# How the project is started, tested and checked. Each target does all of its own set-up.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT ELECTION
.DEFAULT_GOAL := help
.PHONY: help demo test check lint types contracts migrations messages messages-check deploy-check e2e-full bench backup restore fuzz reset dev

help: ## list these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1  /p' Makefile | awk -F'  ' '{printf "make %-13s %s\n", $$1, $$2}'

demo: ## run the whole site with sample data, at HOST (127.0.0.1) and PORT (8000); ELECTION=FILE.pb adds a real one
	@$(PYTHON) -m config.bootstrap demo
	@.venv/bin/python -m config.demo

test: dev ## run the tests; ARGS="-k ballot -x" goes to pytest
	@.venv/bin/python -m pytest -n logical $(ARGS)

check: lint types contracts migrations messages-check deploy-check ## everything that must pass before a commit

lint: dev ## style of Python and of templates
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/djlint --lint --quiet templates

types: dev ## mypy, strict
	@.venv/bin/python -m config.offline mypy .

contracts: dev ## which module may import which
	@.venv/bin/python -m config.offline lint-imports

migrations: dev ## are the migrations complete?
	@.venv/bin/python -m config.offline manage.py makemigrations --check --dry-run

messages: dev ## bring the message catalogues up to date with the code, and compile them
	@.venv/bin/python -m config.offline manage.py messages

messages-check: dev ## are the message catalogues up to date and complete?
	@.venv/bin/python -m config.offline manage.py messages --check

deploy-check: dev ## Django's own check of production settings
	@.venv/bin/python -m config.offline manage.py check --deploy --fail-level WARNING

e2e-full: dev ## every page in a real browser: both directions, both widths, light and dark
	@E2E_FULL=1 .venv/bin/python -m pytest tests/browser $(ARGS)

bench: dev ## speed and memory of counting, beside pabutools; ARGS="--limit 600 --all" takes longer
	@.venv/bin/python -m tests.benchmarks $(ARGS)

backup: ## back up the database with uploads into BACKUP_DIR, the keys of elections into BACKUP_KEYS_DIR
	@$(PYTHON) -m config.bootstrap tools
	@.venv/bin/python -m config.backup backup

restore: ## bring back FILE=….backup with KEYS=….keys into an empty database; ARGS=--replace empties it
	@$(PYTHON) -m config.bootstrap tools
	@.venv/bin/python -m config.backup restore $(if $(FILE),"$(FILE)") $(if $(KEYS),"$(KEYS)") $(ARGS)

fuzz: dev ## try fifty times as many elections against the counting rules; FUZZ=200 tries more
	@FUZZ=$${FUZZ:-50} .venv/bin/python -m pytest tests/voting/rules $(ARGS)

reset: ## delete the demo's data, so that the next demo begins anew
	@$(PYTHON) -m config.reset

dev:
	@$(PYTHON) -m config.bootstrap dev
