# Tacite. `make help` lists the targets.

BUILD ?= build
CC := gcc
# Rooms and unit tests to build; a part can be built alone: make ROOMS='base core' UNIT='tests/unit/date.c' unit
ROOMS ?= base core store document gateway web text view service page batch sandbox
UNIT ?= $(wildcard tests/unit/*.c)
SHELL := /bin/bash

WARN := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Werror -Wformat=2 -Wvla -Wundef \
  -Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough -Werror=format-security -Wno-error=deprecated-declarations
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero \
  -fno-strict-aliasing -fno-delete-null-pointer-checks -fPIE
OPTIMISE ?= -O2 -D_FORTIFY_SOURCE=3
SANITISE ?=
PACKAGES := libmariadb libxml-2.0 libcrypto libcurl icu-i18n icu-uc harfbuzz harfbuzz-subset libdeflate jansson
INCLUDE = -Icgi -isystem /usr/include/ClearSilver $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g')
CFLAGS = $(WARN) $(HARDEN) $(OPTIMISE) -g $(SANITISE) $(INCLUDE)
LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(SANITISE)
LDLIBS = -lfcgi -lneo_cs -lneo_utl $(shell pkg-config --libs $(PACKAGES)) -lm

SOURCES := $(foreach room,$(ROOMS),$(wildcard cgi/$(room)/*.c cgi/$(room)/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
PROGRAMS := $(patsubst cgi/main/%.c,$(BUILD)/tacite-%,$(wildcard cgi/main/*.c))
TEST_LIB := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))

help:                ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{printf "%-16s %s\n", $$1, $$2}'

all: $(PROGRAMS) words   ## build the three programs

$(BUILD)/libtacite.a: $(OBJECTS)
	@echo '  ar  $@'; rm -f $@; ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  cc  $<'; $(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%.o: CFLAGS += -Itests/lib

$(BUILD)/tacite-%: $(BUILD)/cgi/main/%.o $(BUILD)/libtacite.a
	@echo '  ld  $@'; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/test-%: $(TEST_LIB) $(BUILD)/libtacite.a
	@echo '  ld  $@'; $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libtacite.a $(LDLIBS) -lcunit

$(BUILD)/test-unit: $(UNIT:%.c=$(BUILD)/%.o)
$(BUILD)/test-store: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/store/*.c))

unit: $(BUILD)/test-unit words    ## run the unit and property tests
	$(BUILD)/test-unit

words:               ## compile the catalogues
	@mkdir -p $(BUILD)/locale; for po in locale/*.po; do [ -e "$$po" ] || continue; \
	  msgfmt -c -o $(BUILD)/locale/$$(basename $$po .po).mo $$po || exit 1; done

clean:               ## remove what was built
	rm -rf $(BUILD)

.PHONY: help all unit words clean
.SECONDARY:
-include $(OBJECTS:.o=.d) $(patsubst %.c,$(BUILD)/%.d,$(wildcard cgi/main/*.c tests/*/*.c))
