.PHONY: help setup demo test

help:
	@echo "make demo    install what a pipeline needs, then record two clips from before they were asked for"
	@echo "make test    install what the tests need, then run every check (deno task ok)"
	@echo "make setup   install what the tests need"

setup:
	@sh scripts/setup.sh test

demo:
	@sh scripts/setup.sh demo
	deno run -A recipes/single-recorder.ts

test: setup
	@deno task ok
