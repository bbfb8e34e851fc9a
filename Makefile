# Builds the extension (PGXS), and runs the demo and the tests on private servers.
# "make help" lists the targets; doc/testing.md explains them.

EXTENSION = handover
EXTVERSION = 0.1

MODULE_big = handover
PGFILEDESC = "handover - complete, prioritised and recorded work handovers"
OBJS = \
	src/handover.o \
	src/element.o \
	src/compare.o \
	src/checklist_scan.o \
	src/checklist_parse.o \
	src/checklist_build.o \
	src/checklist_out.o \
	src/checklist_io.o \
	src/checklist_cache.o \
	src/tally_io.o \
	src/tally_ops.o \
	src/jsonb_push.o \
	src/value.o \
	src/row_value.o \
	src/count_item.o \
	src/count_document.o \
	src/count_row.o \
	src/count_call.o \
	src/verdict.o \
	src/missing.o \
	src/status.o \
	src/complete.o \
	src/actor.o \
	src/workspace.o \
	src/compose_cache.o \
	src/counter_cache.o \
	src/change.o \
	src/catalogue.o \
	src/attributes.o \
	src/attribute_value.o \
	src/count_items.o \
	src/recount.o \
	src/lifecycle.o \
	src/guard_handover.o \
	src/signoff.o \
	src/finding.o \
	src/finding_row.o \
	src/finding_words.o \
	src/finding_mention.o \
	src/finding_setting.o \
	src/finding_handover.o \
	src/finding_item.o \
	src/finding_rule.o \
	src/finding_day.o \
	src/notify.o \
	src/dependency.o \
	src/document_row.o \
	src/audit_table.o \
	src/audit_key.o \
	src/audit_place.o \
	src/audit_value.o \
	src/audit_record.o \
	src/audit_line.o \
	src/audit_store.o \
	src/audit_context.o \
	src/audit_write.o \
	src/audit_trigger.o \
	src/audit_suspend.o \
	src/audit_protect.o \
	src/sha256.o \
	src/priority_io.o \
	src/priority_compare.o \
	src/lens.o \
	src/lens_io.o \
	src/score.o \
	src/explain.o \
	src/priority_gist.o

# The install script is these files, in this order. The list is explicit because a wildcard
# finds nothing, without a word, when building out of tree.
SQL = \
	sql/00_schema.sql \
	sql/10_level.sql \
	sql/11_status.sql \
	sql/12_checklist.sql \
	sql/13_tally.sql \
	sql/14_complete.sql \
	sql/20_element.sql \
	sql/21_template.sql \
	sql/30_priority.sql \
	sql/31_lens.sql \
	sql/32_score.sql \
	sql/33_priority_gist.sql \
	sql/40_actor.sql \
	sql/41_trigger.sql \
	sql/42_document.sql \
	sql/43_workspace_table.sql \
	sql/43_finding_rule.sql \
	sql/43_finding_day.sql \
	sql/44_workspace_function.sql \
	sql/45_workspace_import.sql \
	sql/46_workspace_view.sql \
	sql/47_workspace_report.sql \
	sql/48_plan.sql \
	sql/49_workspace.sql \
	sql/50_audit_log.sql \
	sql/51_audit.sql \
	sql/52_seal.sql \
	sql/53_verify.sql \
	sql/54_retention.sql \
	sql/55_history.sql \
	sql/56_redaction.sql \
	sql/57_as_of.sql \
	sql/58_audit_ddl.sql \
	sql/59_timeline.sql \
	sql/60_attribute_value.sql \
	sql/61_visible_handover.sql \
	sql/62_workspace_flow.sql \
	sql/63_workspace_item.sql \
	sql/63_workspace_element.sql \
	sql/64_workspace_feedback.sql \
	sql/65_data_dictionary.sql \
	sql/66_reader.sql \
	sql/67_finding.sql \
	sql/68_workspace_finding.sql \
	sql/90_grant.sql
INSTALL_SQL = $(EXTENSION)--$(EXTVERSION).sql
DATA_built = $(INSTALL_SQL)

REGRESS = opclass level status checklist checklist_error tally complete constraint \
	element template security demo priority lens score \
	workspace workspace_name workspace_upgrade trigger guard_handover lifecycle count_items \
	item_table attributes signoff dependency import carry_forward report worklist hostile audit audit_seal audit_ddl audit_attack retention as_of timeline \
	attribute_value reader report_contract report_flow report_item finding_call finding_rule finding_day
REGRESS_OPTS = --inputdir=$(srcdir)/test --load-extension=$(EXTENSION)

# Names must differ from those in REGRESS: both find what they expect in expected/.
ISOLATION = last_contact open_question harmless_inserts changed_checklist carried_twice \
	crossed_dependencies moved_item bound_finding
ISOLATION_OPTS = --inputdir=$(srcdir)/test --outputdir=. --load-extension=$(EXTENSION)

PG_CFLAGS = -Wall -Wextra -Wmissing-prototypes -Wno-unused-parameter \
	-Wno-sign-compare -Wno-missing-field-initializers

# The first target is the default one, and PGXS's own comes later.
all:

# pg_config is there without PGXS when only libpq-dev is installed, and neither is there on a
# fresh machine, where "make demo" and "make test" must work all the same: they install both.
PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

ifneq ($(wildcard $(PGXS)),)

include $(PGXS)

$(OBJS) $(OBJS:.o=.bc): $(wildcard $(srcdir)/src/*.h) | $(CURDIR)/src

# A score must be the same on every machine, so no multiplication is fused with an addition.
src/score.o: CFLAGS += -ffp-contract=off
src/score.bc: BITCODE_CFLAGS += -ffp-contract=off

$(INSTALL_SQL): $(addprefix $(srcdir)/,$(SQL))
	cat $^ > $@

# Out of tree, objects need a directory and pg_regress needs ./expected. These names are
# absolute, or make would find the source tree's own by VPATH and be content.
installcheck: | $(CURDIR)/expected
$(CURDIR)/src:
	mkdir -p $@
$(CURDIR)/expected:
	ln -s $(abspath $(srcdir))/expected $@

else

all install uninstall installcheck:
	@echo "handover: no server headers for $(PG_CONFIG); install postgresql-server-dev-NN, or set PG_CONFIG" >&2; exit 1
clean:

endif

# What follows needs nothing but make: the scripts install what is missing.

BIN = $(dir $(firstword $(MAKEFILE_LIST)))test/bin
export PG_CONFIG

.PHONY: help demo psql dashboard test test-dashboard test-drivers test-race test-audit test-ubsan test-valgrind test-priority test-majors lint clean-servers

help:
	@sed -n 's/^#: *//p' $(firstword $(MAKEFILE_LIST))

#: make                    build the extension
#: make install            install it into the PostgreSQL of PG_CONFIG
#: make installcheck       run the pg_regress and isolation tests on a running server
#: make clean              remove what was built, private servers included
#:
#: These install what is missing (as root or through sudo) and use servers of their own:
#: make demo               load the example handovers and show them; DATA=file.csv.xz adds real incidents
demo:
	@$(BIN)/demo
#: make psql               open psql on the demo's database
psql:
	@$(BIN)/demo psql
#: make dashboard          build a site of Evidence over the demo's reports, or those of DATABASE, and serve it on loopback
dashboard:
	@$(BIN)/dashboard $(if $(filter no,$(SERVE)),build)
#: make test               run every suite; SUITES="regress isolation pgtap server" selects
test:
	@$(BIN)/suites
#: make test-race          let clients race for handovers; HANDOVER_RACE_SECONDS=60 says how long
test-race:
	@HANDOVER_RACE_SECONDS=$${HANDOVER_RACE_SECONDS:-60} SUITES=server PROVE_TESTS=test/t/race.pl $(BIN)/suites
#: make test-audit         have eight clients write beside a sealer for a minute, and kill the server 20 times under load
test-audit:
	@HANDOVER_AUDIT_SECONDS=$${HANDOVER_AUDIT_SECONDS:-60} HANDOVER_AUDIT_CRASHES=$${HANDOVER_AUDIT_CRASHES:-20} \
		SUITES=server PROVE_TESTS=test/t/audit.pl $(BIN)/suites
#: make test-ubsan         run the suites under the undefined behaviour sanitizer
test-ubsan:
	@PROFILE="-fsanitize=undefined -fno-sanitize-recover=undefined" $(BIN)/suites
#: make test-valgrind      run the regress suite on a server with assertions, then under valgrind
test-valgrind:
	@$(BIN)/valgrind
#: make test-dashboard     build that site three times, and look at it in a browser
test-dashboard:
	@$(BIN)/browser
#: make test-priority      compare the index of priorities with sorting on a million rows, for 1,000 moments and lenses
test-priority:
	@HANDOVER_PRIORITY_ROWS=1000000 SUITES=pgtap TESTS=priority $(BIN)/suites
#: make test-drivers       try the reports with JDBC, ODBC, psycopg, SQLAlchemy and LibreOffice
test-drivers:
	@$(BIN)/drivers
#: make test-majors        run the core suites on PostgreSQL 17 and 18, in chroots; MAJORS="17 18" selects
test-majors:
	@$(BIN)/majors
#: make bench-NAME         run bench/NAME.sh
bench-%:
	@$(BIN)/bench $*
#: make lint               run shellcheck over the scripts
lint:
	shellcheck -x -P $(BIN) $(filter-out %/tap,$(wildcard $(BIN)/* $(BIN)/../../bench/*.sh)) $(BIN)/../../.ci/run
#:
#: PG_CONFIG=/usr/lib/postgresql/17/bin/pg_config picks another PostgreSQL.

clean: clean-servers
clean-servers:
	@$(BIN)/server clean

.DELETE_ON_ERROR:
