.PHONY: help setup demo test

help:
	@echo "make demo    install what pipelines need, then record two clips that start before the call"
	@echo "make test    install what the tests need, then run all checks (deno task ok)"
	@echo "make setup   install what the tests need"

setup:
	@sh scripts/setup.sh test

demo:
	@sh scripts/setup.sh demo
	deno run -A recipes/single-recorder.ts

test: setup
	@deno task ok
