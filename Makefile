# Thin: every verb is a script or a cargo command that can be called by itself.
.DEFAULT_GOAL := help
SHELL := bash

.PHONY: help run test fmt lint unit e2e monkey bench soak measure bundle wasm-check clean-data

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, serve http://127.0.0.1:3000 (PORT=… for another port)
	@scripts/run.sh

test: ## install what is missing and run every check there is
	@scripts/test.sh

fmt: ## format the Rust code
	@cargo fmt --all

lint: ## format check and clippy, native and wasm
	@scripts/test.sh format lint wasm-lint

unit: ## the Rust tests (needs no browser)
	@scripts/test.sh cargo-test

e2e: ## the browser tests, on a fresh bundle and server (ARGS=… for Playwright)
	@scripts/test.sh bundle browser

monkey: ## the browser tests' monkey on a long walk: 20 seeds, 300 steps each (MONKEY_SEEDS=7-7 for one of them)
	@MONKEY_SEEDS=$${MONKEY_SEEDS:-20} MONKEY_STEPS=$${MONKEY_STEPS:-300} ARGS=specs/hydrated/monkey.spec.ts scripts/test.sh bundle browser

bench: ## the performance comparisons, as ratios
	@scripts/bench.sh

measure: ## the numbers of the README's 'Measured'
	@scripts/measure.sh

soak: ## a day of live streaming on an exchange that misbehaves, compressed into minutes; kill -9 at fifty moments
	@scripts/soak.sh

bundle: ## only the browser's half, into the site folder
	@scripts/bundle.sh

wasm-check: ## the crates that must compile for the browser
	@scripts/test.sh wasm-lint

clean-data: ## delete the local database and lake under data/
	@scripts/clean-data.sh
