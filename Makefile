# redcorpus -- `make help` lists the targets.

CFLAGS = -O2 -g
CC = gcc
PYTHON = python3

# Each compiler and sanitizer setting has a tree of its own.
B = build$(if $(filter-out gcc,$(notdir $(CC))),/$(notdir $(CC)))$(if $(CLIENT),/client)$(if $(SAN),/san)
ifdef SAN
SAN_FLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# Two programs: the whole one, and with CLIENT=1 the small one for machines that only read corpora. What each is made of:
ifndef CLIENT
LIBS = libarchive lept libjpeg libtiff-4 libopenjp2 tesseract poppler-glib cairo libxml-2.0 libzstd zlib sqlite3 jansson yaml-0.1 \
       icu-uc icu-i18n opencc openssl libxxhash libcurl libseccomp
SRC  := $(sort $(wildcard pipeline/*/*.c stages/*/*.c))
MAIN := pipeline/cli/main.c
else
LIBS = libzstd zlib libxml-2.0 jansson yaml-0.1 openssl libxxhash libcurl
# Folders of which it needs most, without what includes headers of other libraries: the linker takes what the commands want.
OTHERS = leptonica/ tesseract/ poppler cairo archive openjpeg tiffio jpeglib unicode/ opencc/ sqlite3 seccomp
SRC  := $(shell grep -L $(OTHERS:%=-e '<%') pipeline/core/*.c stages/common/*.c stages/package/*.c stages/upload/*.c) \
        $(addprefix pipeline/cli/,program.c args.c say.c corpus_at.c cmd_pull.c cmd_cat.c cmd_stats.c cmd_diff.c validate_corpus.c validate_report.c) \
        $(addprefix pipeline/run/,batch.c lock.c memory.c progress.c stop.c)
MAIN := pipeline/cli/client.c
endif
PC_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null | sed 's/-I/-isystem /g')
PC_LIBS   := $(shell pkg-config --libs $(LIBS) 2>/dev/null)

ALL_CPPFLAGS = -D_GNU_SOURCE -Ipipeline -Istages $(PC_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
             -Wformat=2 -Wno-unused-parameter $(if $(WERROR),-Werror) $(SAN_FLAGS) $(CFLAGS)
ALL_LIBS = $(PC_LIBS) -lm -lpthread $(SAN_FLAGS) $(LDFLAGS)

OBJ  := $(patsubst %.c,$(B)/obj/%.o,$(filter-out pipeline/cli/main.c pipeline/cli/client.c,$(SRC)))
MAIN_OBJ := $(MAIN:%.c=$(B)/obj/%.o)
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))

## all: the program, build/redcorpus
all: $(B)/redcorpus

## client: build/client/redcorpus, which only reads corpora and needs few libraries
client:
	@.ci/install-packages client
	@$(MAKE) --no-print-directory CLIENT=1 all

## run: installs what is missing, builds, runs the whole line over samples/
run: deps
	@$(MAKE) --no-print-directory all
	@tests/run-samples $(B)/redcorpus

## test: installs what is missing; lint, unit tests and cases, with sanitizers
test: deps-test
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory SAN=1 WERROR=1 all unit-programs
	@$(MAKE) --no-print-directory CLIENT=1 SAN=1 WERROR=1 all
	@tests/run-tests

## unit: unit tests alone (SAN=1 for the sanitized ones)
unit: unit-programs
	@for t in $(UNIT); do echo "== $$t"; $$t || exit 1; done
unit-programs: $(UNIT)

## check: lint and unit tests, under a minute
check: lint unit

## lint: layers, doors, headers that compile alone, help manners, documents
lint: all
	@tests/lint/run $(B)/redcorpus

## interop: checks against programs nobody here wrote
interop: deps-test all
	@.ci/install-packages interop || echo 'checks that need it are skipped by name' >&2
	@tests/interop/run $(B)/redcorpus

## slurm: a real Slurm on this machine, and what may happen to it (part of interop)
slurm: deps-test all
	@.ci/install-packages interop || echo 'checks that need it are skipped by name' >&2
	@$(PYTHON) tests/slurm/run.py $(B)/redcorpus

## torture: kill -9 at 50 moments, a full disk, and hostile files, over real pages where they are at hand
torture: deps-test all
	@tests/crash/run $(B)/redcorpus

## faults: publish and pull under kill -9 at 100 moments and 1,000 seeds of faults (SEEDS=1000 FIRST=1); about an hour on 2 cores
faults: deps-test all
	@tests/s3/kills.py $(B)/redcorpus build/kills --moments 100
	@tests/s3/storms.py $(B)/redcorpus build/faults --seeds $(or $(SEEDS),1000) --first $(or $(FIRST),1)

## bench: speed and memory, side by side with Tesseract under GNU parallel
bench: deps-test all
	@tests/bench/run $(B)/redcorpus

## scale: ledger, plans and shards with 10^4 and 10^5 simulated pages (PAGES='10000 1000000'); needs some kB of disk a page
scale: deps-test $(B)/simulate
	@$(PYTHON) tests/bench/scale.py $(B)/simulate $(B)/bench/scale --pages $(or $(PAGES),10000 100000)

## samples: makes samples/ anew
samples:
	@.ci/install-packages samples
	$(PYTHON) tests/synth/make_samples.py samples

## language: makes the table of characters and pairs anew (stages/ocr/language/)
language:
	@.ci/install-packages language
	$(PYTHON) stages/ocr/language/make.py > build/chinese.txt
	mv build/chinese.txt stages/ocr/language/chinese.txt

## model: trains a model for period print (MINUTES=60 LINES=dir FROM=state.pt; stages/ocr/train/README.md)
MODEL = build/model
model:
	@.ci/install-packages model
	@stages/ocr/train/venv $(MODEL)
	$(MODEL)/venv/bin/python stages/ocr/train/train.py --out $(MODEL)/rc_hant_vert.traineddata \
		$(if $(MINUTES),--minutes $(MINUTES)) $(if $(LINES),--lines '$(LINES)') $(if $(FROM),--from '$(FROM)')
	$(MODEL)/venv/bin/python stages/ocr/train/export.py $(MODEL)/rc_hant_vert.traineddata

## docs: makes schemas/reference.md anew from the tables in the code
docs:
	@tests/lint/reference > schemas/reference.md

deps:
	@.ci/install-packages program
deps-test:
	@.ci/install-packages program test

## clean: removes build/
clean:
	rm -rf build

## help: this list
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)

# make V=1 shows the commands.
Q = $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)	$(2)')

$(B)/redcorpus: $(MAIN_OBJ) $(B)/librc.a
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $(MAIN_OBJ) $(B)/librc.a $(ALL_LIBS)

# The program with page stages that read nothing.
$(B)/simulate: $(B)/obj/tests/bench/simulate.o $(B)/librc.a
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $< $(B)/librc.a $(ALL_LIBS)

$(B)/librc.a: $(OBJ) Makefile
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $(OBJ)

$(B)/unit/%: tests/unit/%.c $(B)/obj/tests/harness/check.o $(B)/librc.a
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CPPFLAGS) -Itests/harness $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(B)/obj/tests/harness/check.o $(B)/librc.a $(ALL_LIBS)

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CPPFLAGS) -Itests/harness $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Its assembler reads them.
$(B)/obj/stages/common/schemas.o: schemas/record.xsd
$(B)/obj/stages/ocr/language.o: stages/ocr/language/chinese.txt
$(B)/obj/stages/report/look.o: $(wildcard stages/report/look/*)
$(B)/obj/stages/ocr/models.o: $(wildcard stages/ocr/models/*.traineddata)

# Changed flags rebuild; unchanged ones do not.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' > $@

FORCE:
.PHONY: all client run test unit unit-programs check lint interop slurm torture faults bench scale samples language model docs deps deps-test clean help FORCE
.SECONDARY:

-include $(OBJ:.o=.d) $(MAIN_OBJ:.o=.d) $(UNIT:%=%.d) $(B)/obj/tests/harness/check.d $(B)/obj/tests/bench/simulate.d
