# What one types here. `make` or `make help` lists it.
MAKEFLAGS += --no-print-directory
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-long sanitize mutants up down status logs bench build format lint pages schema clean

PRESET ?= release
BUILD := build/$(PRESET)
BIN := $(BUILD)/bin
STACK := deploy/local/stack
STATE ?= var
TARGET ?=
NAME ?=
CTEST := PATH="$(CURDIR)/build/tools:$$PATH" ctest --test-dir $(BUILD) --output-on-failure --no-tests=error

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## install, build, play four school weeks on a fresh stack and print them
	@deploy/local/install demo
	@$(MAKE) build TARGET=tonghu_demo_all
	@$(STACK) down --purge --state $(STATE)
	@$(STACK) up --state $(STATE) --build $(BUILD) --clock virtual --start-time 2026-08-31T08:00:00+08:00
	@$(BIN)/tonghu-demo --state $(STATE)
	@echo
	@echo "The stack still runs. Look further: make status; $(BIN)/tonghuctl --help; make logs NAME=alerts-1. Stop: make down"

test: ## install, build, check the schemas, run every test
	@deploy/local/install test
	@$(MAKE) build
	@$(MAKE) schema
	@$(MAKE) sanitize
	@$(CTEST) -j2

sanitize: ## the unit and server tests under AddressSanitizer and UBSan, those of libs/journal, postgres and rpc under ThreadSanitizer
	@deploy/local/install test
	@$(MAKE) build PRESET=sanitize TARGET=tonghu_unit_and_server_tests
	@$(MAKE) build PRESET=tsan TARGET=tonghu_threaded_tests
	@$(subst $(BUILD),build/sanitize,$(CTEST)) -j2 -L 'unit|server' -E '^repo'
	@$(subst $(BUILD),build/tsan,$(CTEST)) -j2 -L 'unit|server' -E '^repo'

test-long: ## the fault tests with many more rounds (ROUNDS=500)
	@deploy/local/install test
	@$(MAKE) build
	@TONGHU_FAULT_ROUNDS=$(or $(ROUNDS),500) $(CTEST) -L fault

mutants: ## plant faults in a running stack, one a county, and see the tests notice each
	@deploy/local/install test
	@$(MAKE) build TARGET=tonghu_mutants_test
	@PATH="$(CURDIR)/build/tools:$$PATH" $(BIN)/tonghu_mutants_test --gtest_brief=1

up: ## start the stack under var/ on the system clock
	@deploy/local/install demo
	@$(MAKE) build TARGET=tonghu_demo_all
	@$(STACK) up --state $(STATE) --build $(BUILD) --clock system

down: ## stop it (PURGE=1 also removes its data)
	@$(STACK) down --state $(STATE) $(if $(PURGE),--purge)

status: ## what runs, and where
	@$(STACK) status --state $(STATE)

logs: ## the last lines of the logs (NAME=pairing-1 for one, FOLLOW=1 to follow)
	@$(STACK) logs $(NAME) $(if $(FOLLOW),-f) --state $(STATE)

bench: ## measure against the floors of tests/bench, into var/bench/results.json (SIZE=full, ONLY=contacts,storm, RUNS=5)
	@deploy/local/install demo
	@$(MAKE) build TARGET="tonghu_demo_all tonghu-bench"
	@tests/bench/peers/install
	@$(BIN)/tonghu-bench --size $(or $(SIZE),usual) $(if $(ONLY),--only $(ONLY)) $(if $(RUNS),--runs $(RUNS)) --out var/bench/results.json

build: ## build everything, or TARGET=one (PRESET=sanitize, tsan: under a sanitizer)
	@mkdir -p build
	@exec 9>> build/.lock; flock 9; \
	  if [[ ! -f $(BUILD)/build.ninja || CMakePresets.json -nt $(BUILD)/build.ninja ]]; then cmake --preset $(PRESET); fi; \
	  ninja -C $(BUILD) $(TARGET) 9>&-

format: ## put all C++ into the project's format
	@deploy/local/install lint
	@git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs -r clang-format -i

lint: ## schemas, C++ format, shell syntax
	@deploy/local/install lint
	@$(MAKE) schema
	@git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs -r clang-format --dry-run -Werror
	@git ls-files -co --exclude-standard deploy .ci | while read -r file; do \
	  case $$file in *.sh) ;; *) read -r first < $$file || true; [[ $$first == '#!'*bash* ]] || continue ;; esac; \
	  bash -n $$file; done
	@echo "lint: nothing found"

pages: ## write docs/methods.md and docs/reasons.md anew from the protos and the code
	@deploy/local/install test
	@$(MAKE) build TARGET=tonghu_pages_test
	@TONGHU_WRITE_PAGES=1 $(BIN)/tonghu_pages_test --gtest_brief=1

schema: ## buf: style of the protos, and nothing in them broken since main
	@deploy/local/install test
	@deploy/local/schema

clean: ## remove what was built (downloaded tools stay)
	@rm -rf build/release build/sanitize build/tsan
