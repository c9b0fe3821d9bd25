# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thin front for people: the build itself is meson's.
BUILD ?= build
IMAGE ?=
STOCK ?=
BROWSER ?=

all: build

build:
	scripts/setup-debian base accel client broker
	test -f $(BUILD)/build.ninja || meson setup $(BUILD)
	meson compile -C $(BUILD)

# A real guest's desktop in our viewer; IMAGE=your.qcow2 shows your own guest,
# STOCK=1 the same guest without our parts, BROWSER=1 the same guest in Chromium.
demo:
	@OSVDI_DEMO_STOCK=$(STOCK) OSVDI_DEMO_BROWSER=$(BROWSER) demo/run $(if $(IMAGE),--image '$(IMAGE)')

# Everything that can be tested here, as CI does it.
check:
	@scripts/check

# Scanouts in real DMA-BUFs, in a VM that has them; as root.
lab-gpu:
	scripts/setup-debian labvm
	tests/labvm/run

clean:
	rm -rf $(BUILD) build-demo build-check build-check-* demo-output

help:
	@echo 'make build   compile into $(BUILD)/'
	@echo 'make demo    boot a guest and show it (IMAGE=guest.qcow2, STOCK=1, BROWSER=1)'
	@echo 'make check   run all tests'
	@echo 'make lab-gpu test scanouts of GPUs in a VM (as root)'
	@echo 'make clean   remove what these made'

.PHONY: all build demo check lab-gpu clean help
