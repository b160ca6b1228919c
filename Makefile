.PHONY: help setup demo test

help:
	@echo "make demo    install what a pipeline needs, then play pipeline.gstp for a few seconds"
	@echo "make test    install what the tests need, then run every check (deno task ok)"
	@echo "make setup   install what the tests need"

setup:
	@sh scripts/setup.sh test

demo:
	@sh scripts/setup.sh demo
	deno run -A cli.ts pipeline.gstp --pattern=ball --timeout=3

test: setup
	@deno task ok
