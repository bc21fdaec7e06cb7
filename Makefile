# Two commands do all the set-up: `make run` and `make test`. Everything else is for those who build it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
NEW_ENOUGH = @$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.version_info < (3, 11) and \
	sys.exit("got Python " + v + " != wanted 3.11 or newer; choose one: make run PYTHON=python3.12")'

.PHONY: help run test test-training check format requirements system-libraries e2e e2e-desktop bench bench-accuracy train parity-references clean

help:            ## Show this list
	@grep -hE '^[a-z0-9-]+: .*##|^[a-z0-9-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

$(VENV)/run.done: requirements/run.txt
	$(NEW_ENOUGH)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/dev.done: requirements/dev.txt
	$(NEW_ENOUGH)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/run.done

$(VENV)/train.done: $(VENV)/dev.done pyproject.toml
	$(BIN)/python -m pip install --quiet torch==2.13.0 torch-pruning==1.6.1 onnxscript matplotlib
	@touch $@

# The body model that draws figures; what else it names as needed (warp-lang, requests) its parts used here do not.
$(VENV)/figures.done: $(VENV)/train.done
	$(BIN)/python -m pip install --quiet --no-deps anny==0.6.2 roma==1.8.0 trimesh==5.2.0 safetensors==0.8.0 pyyaml==6.0.3 pillow
	@touch $@

run: $(VENV)/run.done             ## Start the app; without camera or display, run the demo and say what is missing
	$(BIN)/python main.py $(ARGS)

test: $(VENV)/dev.done system-libraries   ## Run the tests
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(ARGS)

check: $(VENV)/dev.done system-libraries  ## Format, lint, types, import contracts, tests: all that must be green
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(ARGS)

test-training: $(VENV)/train.done ## Run the tests of training/, with PyTorch
	$(BIN)/python -m pytest tests/training $(ARGS)

format: $(VENV)/dev.done          ## Bring the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

e2e: $(VENV)/dev.done             ## Run the app in a real kernel with real devices and a browser (Debian, root)
	sh tests/system_libraries.sh $$(cat tests/e2e/packages.txt)
	$(BIN)/python -m tests.e2e.run $(ARGS)

e2e-desktop: $(VENV)/dev.done system-libraries  ## Click through a real tray under a virtual screen (Debian, root)
	sh tests/system_libraries.sh $$(cat tests/ui/packages.txt)
	tests/ui/desktop $(BIN)/python -m pytest tests/ui/tray_e2e.py $(ARGS)
	NO_TRAY=1 tests/ui/desktop $(BIN)/python -m pytest tests/ui/tray_e2e.py $(ARGS)

# MediaPipe, which we measure ourselves against, wants an environment of its own (Python 3.11 or 3.12).
.cache/mediapipe/done:
	$(PYTHON) -m venv .cache/mediapipe
	.cache/mediapipe/bin/pip install --quiet mediapipe==0.10.21 tflite ai-edge-litert
	@touch $@

bench: $(VENV)/dev.done .cache/mediapipe/done  ## Measure the pipeline beside its peers, in one run
	$(BIN)/python -m pip install --quiet matplotlib
	$(BIN)/python -m tests.bench $(ARGS)

train: $(VENV)/figures.done .cache/mediapipe/done  ## From the data packs to models/; goes on where it was broken off
	training/runs/default.sh

bench-accuracy: $(VENV)/train.done .cache/mediapipe/done  ## Judge the mattes beside MediaPipe's, on the data packs
	$(BIN)/python -m training.bench_accuracy --work .cache/training/bench $(ARGS)

parity-references: $(VENV)/dev.done  ## Make the golden traces again: ARM64 in qemu, WebAssembly, Skia, libyuv
	sh tests/system_libraries.sh qemu-user-static debootstrap debian-archive-keyring chromium
	$(BIN)/python tests/parity/references/make.py $(ARGS)

system-libraries:
	@sh tests/system_libraries.sh

requirements: pyproject.toml      ## Pin the dependencies anew, with hashes and without addresses
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --no-strip-extras --allow-unsafe --extra ui -o requirements/run.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --no-strip-extras --allow-unsafe --extra ui --extra dev -o requirements/dev.txt pyproject.toml

clean:                            ## Remove what can be made again
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output
