.PHONY: help setup demo test

help:
	@echo "make demo    install what pipelines need, record two clips that begin before the call, and draw frames of one"
	@echo "make test    install what the tests need, then run all checks (deno task ok)"
	@echo "make setup   install what the tests need"

setup:
	@sh scripts/setup.sh test

demo:
	@sh scripts/setup.sh demo
	@sh scripts/demo.sh

test: setup
	@deno task ok
