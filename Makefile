# make | run | test | check | fuzz | soak | bench | install | clean: each does what it says, alone,
# on a fresh clone. `make help` lists them.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# V=asan|clang|cov|tsan picks another build of the same sources, in a folder of its own.
V ?= release
CC_release := gcc
CC_asan    := gcc
CC_clang   := clang
CC_cov     := gcc
CC_fuzz    := clang
CC_tsan    := gcc
CC := $(CC_$(V))
B  := build$(if $(filter release,$(V)),,/$(V))

PKGS := sqlite3 libevent libevent_pthreads openssl libsodium expat libfyaml libcurl pangocairo libqrencode
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) | sed 's/-I/-isystem /g')
PKG_LIBS   = $(shell pkg-config --libs $(PKGS))

WARN := -Wall -Wextra -Wpedantic -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough \
        -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wshadow -Wvla -Walloca \
        -Wcast-qual -Wundef -Wnull-dereference -Wdouble-promotion -Werror=format-security \
        -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
WARN_GCC := -Wtrampolines -Wbidi-chars=any -Wcast-align=strict -Wduplicated-cond -Wduplicated-branches \
        -Wlogical-op -Warith-conversion -Wstack-usage=65536
HARDEN := -fstack-clash-protection -fstack-protector-strong -fcf-protection=full \
        -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing \
        -ftrivial-auto-var-init=zero -fexceptions -fPIE
HARDEN_LD := -pie -Wl,-z,nodlopen -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,-z,separate-code \
        -Wl,--as-needed -Wl,--no-copy-dt-needed-entries -Wl,--build-id=sha1

BASE_CFLAGS := -std=c17 -D_GNU_SOURCE -g -Isrc -Iinclude -include base/banned.h $(WARN)
CFLAGS_release := -O2 $(WARN_GCC) $(HARDEN) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
CFLAGS_asan    := -O1 $(WARN_GCC) -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_clang   := -O1 -Wno-unknown-warning-option
CFLAGS_cov     := -O0 --coverage
CFLAGS_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
CFLAGS_tsan    := -O1 $(WARN_GCC) -fsanitize=thread -fno-omit-frame-pointer
LDFLAGS_release := $(HARDEN_LD)
LDFLAGS_asan    := -fsanitize=address,undefined
LDFLAGS_cov     := --coverage
LDFLAGS_fuzz    := -fsanitize=address,undefined
LDFLAGS_tsan    := -fsanitize=thread
WERROR ?= -Werror
CFLAGS_ALL = $(BASE_CFLAGS) $(CFLAGS_$(V)) $(WERROR) $(PKG_CFLAGS) $(CFLAGS)
LIBS = $(PKG_LIBS) -l:libbidgcc000.a -lm -lpthread

SRC      := $(sort $(wildcard src/*/*.c))
TEST_SRC := $(filter %_test.c,$(SRC)) $(sort $(wildcard test/unit/*.c))
MAIN_SRC := src/main/main.c
LIB_SRC  := $(filter-out %_test.c $(MAIN_SRC),$(SRC))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o) $(B)/ui_assets.o
TEST_OBJ := $(TEST_SRC:%.c=$(B)/%.o) $(B)/test/unit.o
FUZZ     ?= $(patsubst fuzz/%.c,%,$(sort $(wildcard fuzz/*.c)))
FUZZ_ALL := $(patsubst fuzz/%.c,%,$(sort $(wildcard fuzz/*.c)))
FUZZ_OBJ := $(FUZZ_ALL:%=$(B)/fuzz/%.o)

.PHONY: all run test coverage check unit deps fuzz soak bench install clean help
all: $(B)/mandate
help:
	@sed -n 's/^#: //p' Makefile

#: make          builds build/mandate
$(B)/mandate: $(B)/src/main/main.o $(B)/libmandate.a
	@echo "$(CC) -o $@"
	@$(CC) $(LDFLAGS_$(V)) -o $@ $^ $(LIBS)
$(B)/libmandate.a: $(LIB_OBJ)
	@rm -f $@ && ar rcs $@ $(LIB_OBJ)
$(B)/%_test.o $(B)/test/unit/%.o: CFLAGS += -Wno-missing-prototypes
$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "$(CC) $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<


# The pages' styles, scripts, images and templates, compiled in.
UI_SRC := $(shell find ui -name node_modules -prune -o -type f -print) src/web/texts.def src/base/lang.def
build/ui_assets.c: $(UI_SRC) tool/embed tool/ui-install
	tool/ui-install
	tool/embed $@
$(B)/ui_assets.o: build/ui_assets.c src/web/assets.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -c -o $@ $<

# The schema's steps, as bytes in the program.
MIGRATIONS := $(sort $(wildcard migrations/*.sql))
$(B)/migrations.inc: $(MIGRATIONS) tool/embed-migrations
	@mkdir -p $(@D)
	tool/embed-migrations $(MIGRATIONS) > $@
$(B)/src/store/schema.o: $(B)/migrations.inc
$(B)/src/store/schema.o: CFLAGS += -I$(B)

#: make unit     builds and runs the unit tests (V=asan: with sanitizers; T="name ...": some of them)
unit: $(B)/unit
	$(B)/unit $(T)
$(B)/unit: $(TEST_OBJ) $(FUZZ_OBJ) $(B)/libmandate.a
	@echo "$(CC) -o $@"
	@$(CC) $(LDFLAGS_$(V)) -o $@ $^ $(LIBS)
$(B)/tests.inc: $(TEST_SRC) tool/list-tests
	@mkdir -p $(@D)
	tool/list-tests $(TEST_SRC) > $@
$(B)/test/unit.o: test/unit.c $(B)/tests.inc
	@mkdir -p $(@D)
	@echo "$(CC) $<"
	@$(CC) $(CFLAGS_ALL) -I$(B) -MMD -MP -c -o $@ $<

# The unit tests run each fuzz harness over its corpus, under the name fuzz_NAME.
$(B)/fuzz.inc: $(FUZZ_ALL:%=fuzz/%.c)
	@mkdir -p $(@D)
	@printf 'FUZZ(%s)\n' $(FUZZ_ALL) > $@
$(B)/test/unit/fuzz_corpus_test.o: $(B)/fuzz.inc
$(B)/test/unit/fuzz_corpus_test.o: CFLAGS += -I$(B)
$(B)/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	@echo "$(CC) $<"
	@$(CC) $(CFLAGS_ALL) -I. -DLLVMFuzzerTestOneInput=fuzz_$* -MMD -MP -c -o $@ $<

#: make fuzz     runs each fuzz harness for SECONDS=60, from its corpus (FUZZ="name ...": some of them)
SECONDS ?= 60
ifeq ($(V),fuzz)
$(FUZZ_ALL:%=$(B)/fuzz-%): $(B)/fuzz-%: fuzz/%.c fuzz/fuzz.h $(B)/libmandate.a
	@echo "$(CC) -o $@"
	@$(CC) $(CFLAGS_ALL) -I. -fsanitize=fuzzer,address,undefined -o $@ $< $(B)/libmandate.a $(LIBS)
# libfyaml 0.7 loses 4 kB on some of its own errors
FUZZ_FLAGS_yaml := -detect_leaks=0
fuzz: $(FUZZ:%=fuzz-run-%)
fuzz-run-%: $(B)/fuzz-%
	@mkdir -p $(B)/corpus/$* $(B)/found
	@[ ! -f fuzz/kept/$*.tar.gz ] || tar -xzf fuzz/kept/$*.tar.gz -C $(B)/corpus/$* # what long runs found
	$(B)/fuzz-$* -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
		$(FUZZ_FLAGS_$*) -print_final_stats=1 -artifact_prefix=$(B)/found/$*- $(B)/corpus/$* fuzz/corpus/$*
else
fuzz:
	@$(MAKE) V=fuzz fuzz
endif

#: make lib      builds the FEEL and DMN library, shared and static (include/mandate/feel.h)
# The static one is a single object in which only the public names are left visible, so that it can
# be linked into any program beside anything.
FEEL_VERSION := $(shell sed -n 's/^\#define MFEEL_VERSION  *"\(.*\)"/\1/p' include/mandate/feel.h)
FEEL_MAJOR   := $(firstword $(subst ., ,$(FEEL_VERSION)))
FEEL_SONAME  := libmandate-feel.so.$(FEEL_MAJOR)
FEEL_SRC     := $(filter-out %_test.c,$(sort $(foreach d,base num cal json xml feel dmn lib,$(wildcard src/$(d)/*.c))))
FEEL_OBJ     := $(FEEL_SRC:%.c=$(B)/lib/%.o)
FEEL_LIBS    := -l:libbidgcc000.a -lexpat -lm -lpthread
$(B)/lib/%.o: %.c
	@mkdir -p $(@D)
	@echo "$(CC) -fPIC $<"
	@$(CC) $(CFLAGS_ALL) -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<
$(B)/lib/$(FEEL_SONAME): $(FEEL_OBJ) src/lib/exports.map
	@echo "$(CC) -shared -o $@"
	@$(CC) $(filter-out -pie %nodlopen,$(LDFLAGS_$(V))) -shared -Wl,-soname,$(FEEL_SONAME) -Wl,--version-script,src/lib/exports.map \
		-Wl,-z,defs -o $@ $(FEEL_OBJ) $(FEEL_LIBS)
$(B)/lib/libmandate-feel.a: $(FEEL_OBJ)
	@echo "ar $@"
	@$(CC) -r -nostdlib -o $(B)/lib/mandate-feel.o $(FEEL_OBJ) -l:libbidgcc000.a
	@objcopy --wildcard --keep-global-symbol='mfeel_*' $(B)/lib/mandate-feel.o
	@rm -f $@ && ar rcs $@ $(B)/lib/mandate-feel.o
.PHONY: lib install-lib
lib: $(B)/lib/$(FEEL_SONAME) $(B)/lib/libmandate-feel.a

#: make run      installs what is missing, builds, and serves the demonstration on 127.0.0.1:8110
run:
	@tool/deps build
	@$(MAKE) -s -j$(shell nproc) all
	@exec build/mandate serve --demo --data data --pack packs/public-security

#: make test     installs what is missing, builds, and passes all tests (S="suite ...": some of them)
test:
	@tool/deps test
	@tool/test $(S)

#: make coverage prints which share of the branches the tests take, by folder
coverage:
	@tool/deps test
	@tool/coverage

#: make bench    installs what is missing, and prints the figures (bench/RESULTS.md)
bench:
	@tool/deps bench
	@$(MAKE) -s -j$(shell nproc) all
	@node bench/run.mjs $(BENCH)

#: make check    layers, format, lengths, clang-tidy, cppcheck
check:
	@tool/check

#: make soak     150,000 random processes on two engines, two thousand crashes under load, then every
#:               fuzz target for ten minutes
soak: all $(B)/unit
	MANDATE_MODELS=150000 $(B)/unit bpmn_slow_engine
	MANDATE_MODELS=20000 $(B)/unit bpmn_slow_sound
	MANDATE_MODELS=20000 $(B)/unit bpmn_slow_known
	MANDATE_CRASHES=2000 node --test --test-reporter=spec test/crash_test.mjs
	$(MAKE) fuzz SECONDS=600

#: make install  the program, packs, unit and library below PREFIX (/usr/local), in DESTDIR
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
#: make install-lib  the library alone
install-lib: lib
	install -D -m 644 include/mandate/feel.h $(DESTDIR)$(PREFIX)/include/mandate/feel.h
	install -D -m 755 $(B)/lib/$(FEEL_SONAME) $(DESTDIR)$(LIBDIR)/libmandate-feel.so.$(FEEL_VERSION)
	ln -sf libmandate-feel.so.$(FEEL_VERSION) $(DESTDIR)$(LIBDIR)/$(FEEL_SONAME)
	ln -sf $(FEEL_SONAME) $(DESTDIR)$(LIBDIR)/libmandate-feel.so
	install -D -m 644 $(B)/lib/libmandate-feel.a $(DESTDIR)$(LIBDIR)/libmandate-feel.a
	mkdir -p $(DESTDIR)$(LIBDIR)/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(FEEL_VERSION)|' deploy/mandate-feel.pc.in \
		> $(DESTDIR)$(LIBDIR)/pkgconfig/mandate-feel.pc
install: all install-lib
	install -D -m 755 build/mandate $(DESTDIR)$(PREFIX)/bin/mandate
	mkdir -p $(DESTDIR)$(PREFIX)/share/mandate
	cp -r packs $(DESTDIR)$(PREFIX)/share/mandate/
	install -D -m 644 deploy/mandate.service $(DESTDIR)$(PREFIX)/lib/systemd/system/mandate.service

#: make deps     installs what a build needs
deps:
	@tool/deps build

#: make clean    removes everything that was built
clean:
	rm -rf build

-include $(wildcard $(B)/src/*/*.d $(B)/lib/src/*/*.d $(B)/test/*.d $(B)/test/unit/*.d $(B)/fuzz/*.d)
