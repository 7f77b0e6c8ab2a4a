# Tacite. `make help` lists the targets.

BUILD ?= build
CC := gcc
# Rooms and unit tests to build; a part can be built alone: make ROOMS='base core' UNIT='tests/unit/date.c' unit
ROOMS ?= base core store document gateway web text view service intake page batch sandbox selftest
UNIT ?= $(wildcard tests/unit/*.c)
SHELL := /bin/bash

# What Debian 12 must have; `make packages` installs what is missing.
RUN_PACKAGES := nginx mariadb-server mariadb-client libjs-bootstrap5 fonts-dejavu-core fonts-noto-core icc-profiles-free tzdata \
  openssl util-linux ca-certificates
BUILD_PACKAGES := gcc libc6-dev make pkg-config gettext libfcgi-dev clearsilver-dev libmariadb-dev libxml2-dev libssl-dev \
  libcurl4-openssl-dev libicu-dev libharfbuzz-dev libdeflate-dev libjansson-dev libqrencode-dev
TEST_PACKAGES := libcunit1-dev gcovr chromium npm poppler-utils qpdf curl procps
BENCH_PACKAGES := wrk

WARN := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Werror -Wformat=2 -Wvla -Wundef \
  -Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough -Werror=format-security -Wno-error=deprecated-declarations
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero \
  -fno-strict-aliasing -fno-delete-null-pointer-checks -fPIE
OPTIMISE ?= -O2 -D_FORTIFY_SOURCE=3
SANITISE ?=
PACKAGES := libmariadb libxml-2.0 libcrypto libcurl icu-i18n icu-uc harfbuzz harfbuzz-subset libdeflate jansson libqrencode
# Asked when first used: on a bare machine pkg-config comes with `make packages`, in the same run.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
INCLUDE = -Icgi -isystem /usr/include/ClearSilver $(PKG_CFLAGS)
CFLAGS = $(WARN) $(HARDEN) $(OPTIMISE) -g $(SANITISE) $(INCLUDE)
LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(SANITISE)
LDLIBS = -lfcgi -lneo_cs -lneo_utl $(shell pkg-config --libs $(PACKAGES)) -lm

SOURCES := $(foreach room,$(ROOMS),$(wildcard cgi/$(room)/*.c cgi/$(room)/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
PROGRAMS := $(patsubst cgi/main/%.c,$(BUILD)/tacite-%,$(wildcard cgi/main/*.c))
TEST_LIB := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))

help:                ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{printf "%-14s %s\n", $$1, $$2}'

run:                 ## everything on this machine, under var/: install, build, start; Ctrl-C stops it
	@$(MAKE) -s packages FOR='$(RUN_PACKAGES) $(BUILD_PACKAGES)'
	@$(MAKE) -s -j2 all
	@exec nginx/stack run var

demo-reset:          ## forget the demo's data: the next `make run` starts over
	@nginx/stack stop var && rm -rf var && echo 'var/ is gone'

all: $(PROGRAMS) words assets   ## build the three programs, catalogues and static files

check: packages-test ## every test, as CI runs it
	@tests/check

FOR ?= $(RUN_PACKAGES) $(BUILD_PACKAGES) $(TEST_PACKAGES)
# A command that is there already counts as its package: Node.js from another source brings npm and conflicts with Debian's.
packages:            ## install the Debian packages that are missing (root, or sudo)
	@missing=$$(for p in $(FOR); do dpkg-query -W -f '$${db:Status-Status}\n' $$p 2>/dev/null | grep -qx installed || \
	  { [ $$p = npm ] && command -v npm >/dev/null; } || echo $$p; done); \
	[ -z "$$missing" ] && exit 0; echo "installing:" $$missing; as=; [ $$(id -u) = 0 ] || as=sudo; \
	$$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null

packages-test:
	@$(MAKE) -s packages

$(BUILD)/libtacite.a: $(OBJECTS)
	@echo '  ar  $@'; rm -f $@; ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  cc  $<'; $(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%.o: CFLAGS += -Itests/lib

# Doctor and the store's tests prove the statements of every store file: those objects are linked in whole.
STORE := $(filter $(BUILD)/cgi/store/%,$(OBJECTS))
$(BUILD)/tacite-batch $(BUILD)/test-store: $(STORE)

$(BUILD)/tacite-%: $(BUILD)/cgi/main/%.o $(BUILD)/libtacite.a
	@echo '  ld  $@'; $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libtacite.a $(LDLIBS)

$(BUILD)/test-%: $(TEST_LIB) $(BUILD)/libtacite.a
	@echo '  ld  $@'; $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libtacite.a $(LDLIBS) -lcunit

$(BUILD)/test-unit: $(UNIT:%.c=$(BUILD)/%.o)
$(BUILD)/test-store: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/store/*.c))

unit: $(BUILD)/test-unit words    ## run the unit and property tests
	$(BUILD)/test-unit

store: $(BUILD)/test-store words  ## run the tests against a private database
	tests/store/run $(BUILD)/test-store

coverage:            ## the branches of money and time that the unit tests take: all of them
	@BUILD=$(BUILD) tests/coverage

asan:                ## unit and store tests under AddressSanitizer and UBSan
	@$(MAKE) -s -j2 BUILD=$(BUILD)/asan OPTIMISE='-O1 -D_FORTIFY_SOURCE=0 -U_FORTIFY_SOURCE' \
	  SANITISE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' unit store

# One program for each file of tests/fuzz: with gcc they run corpora and seeded changes of them under the sanitisers.
FUZZ_SHARED := driver fuzz
FUZZ := $(filter-out $(FUZZ_SHARED),$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_MAIN ?= $(BUILD)/tests/fuzz/driver.o
$(BUILD)/fuzz-%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/fuzz.o $(FUZZ_MAIN) $(BUILD)/libtacite.a
	@echo '  ld  $@'; $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libtacite.a $(LDLIBS)
fuzz-programs: $(FUZZ:%=$(BUILD)/fuzz-%)

fuzz-corpus:         ## parsers of what comes from outside: corpora and 2,000 seeded changes each, under ASan and UBSan
	@tests/fuzz/run

fuzz:                ## the same for longer: SECONDS_EACH=60 a target; by clang's libFuzzer when it is installed
	@tests/fuzz/run --long

lives:               ## 500 lives of 400 days with faults of every kind; each processor has its own server
	@tests/check lives

bench:               ## measure with the shipped programs; tab-separated figures
	@$(MAKE) -s packages FOR='$(RUN_PACKAGES) $(BUILD_PACKAGES) $(TEST_PACKAGES) $(BENCH_PACKAGES)'
	@$(MAKE) -s -j2 all
	@BUILD=$(BUILD) tests/bench/run

lint:                ## templates and catalogues
	templates/lint
	locale/check

words:               ## compile the catalogues
	@mkdir -p $(BUILD)/locale; for po in locale/*.po; do \
	  msgfmt -c -o $(BUILD)/locale/$$(basename $$po .po).mo $$po || exit 1; done

assets:              ## hash the static files
	@public/build $(BUILD)/assets

clean:               ## remove what was built
	rm -rf $(BUILD)

.PHONY: help run demo-reset all check packages packages-test unit store coverage asan fuzz fuzz-corpus fuzz-programs lives bench lint words assets clean
.SECONDARY:
-include $(OBJECTS:.o=.d) $(patsubst %.c,$(BUILD)/%.d,$(wildcard cgi/main/*.c tests/*/*.c))
