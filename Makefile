# Two commands for a machine that has a Swift toolchain: `make demo` and `make test`.
# Both install the system libraries they need (Debian and Ubuntu; with sudo where not root).

SWIFT ?= swift
CONFIGURATION ?= release
BUILD = $(SWIFT) build -c $(CONFIGURATION)
BIN = .build/$(CONFIGURATION)

.PHONY: all build demo test test-all fuzz install clean

all: build

## Install what the build links against, and say so.
install:
	@sh Apps/install-libraries.sh

## Build every product.
build: install
	$(BUILD)

## Show both applications whole, on pictures and on a shop that the project makes up itself.
demo: build
	@sh Apps/CatsVsDogs/demo.sh $(BIN)
	@sh Apps/Recommender/demo.sh $(BIN)

## Build and run every test; kernels once more for each older instruction set.
test: install
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	$(SWIFT) test -c $(CONFIGURATION) --skip-build
	ONEDNN_MAX_CPU_ISA=AVX2 $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter KernelsTests
	ONEDNN_MAX_CPU_ISA=AVX512_CORE $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter KernelsTests

## A million mutated JPEG and PNG files through the decoders, under the address sanitizer.
fuzz: install
	$(SWIFT) build -c release --sanitize=address --scratch-path .build-asan --product decoderfuzz
	.build-asan/release/decoderfuzz --seed 1 --count 1000000

clean:
	rm -rf .build .build-asan
