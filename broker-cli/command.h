/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_COMMAND_H
#define OSVDI_BROKER_COMMAND_H

#include "library.h"
#include "output.h"

/* No number that a user may give. */
#define NO_REQUEST_TIMEOUT G_MININT

/* The options of the command line: those of every subcommand, and those that several share. */
struct options {
	char *setting[SET_COUNT]; /* --os-*, by enum setting */
	char *config_path;
	gboolean no_cache;
	gboolean insecure;
	int request_timeout_s; /* NO_REQUEST_TIMEOUT: not given */

	char *format_name; /* NULL: not given */
	enum output_format format; /* after command_parse() */
	char *columns;
	char *user; /* --user: name or id */
	char *timeout; /* --timeout: a length of time */
	gint64 timeout_s; /* after command_parse() */
	gboolean has_timeout; /* the subcommand has that option */
	gboolean any_owner;
	gboolean all_projects;
	gboolean no_pools;
	gboolean repair;
};

/* All that a subcommand works with: its options and arguments, and what is open. */
struct broker {
	struct options options;

	struct osvdi_broker *library; /* after broker_load() */
	char *config_path; /* the configuration that was read, or NULL; after broker_load() */
};

struct command {
	const char *name;
	const char *arguments; /* "[NAME|ID]" */
	const char *summary;
	gboolean (*run)(struct broker *b, const struct command *self, int argc, char **argv,
			GError **error);
};

/** All subcommands, ended by one without a name. */
extern const struct command command_table[];

/** The options that every subcommand takes, as a group to add. */
GOptionGroup *command_global_options(struct broker *b);

/**
 * Parse a subcommand's options, its own (ended by an empty entry, or NULL) and the
 * global ones, and check those of struct options. The arguments are left in argv, after
 * the name in argv[0]. Fewer than min_args or more than max_args is an error, and so is
 * an empty argument or value.
 */
gboolean command_parse(struct broker *b, const struct command *self, const GOptionEntry *own,
		int *argc, char ***argv, int min_args, int max_args, GError **error);

/** Add to an error of GLib's option parser where help is; returns FALSE. */
gboolean command_hint(const char *program, GError **error);

/** Entries of struct options that several subcommands share. */
GOptionEntry command_option_format(struct broker *b);
GOptionEntry command_option_columns(struct broker *b);
GOptionEntry command_option_user(struct broker *b);
GOptionEntry command_option_any_owner(struct broker *b);
GOptionEntry command_option_all_projects(struct broker *b);
GOptionEntry command_option_no_pools(struct broker *b);
GOptionEntry command_option_timeout(struct broker *b);
GOptionEntry command_option_repair(struct broker *b);

/**
 * Read the configuration and the settings, for what a subcommand checks before
 * broker_open(): all that this machine can tell is looked at before the first
 * request. Does nothing the second time.
 */
gboolean broker_load(struct broker *b, GError **error);

/**
 * broker_load(), and from here on --timeout counts (5 minutes without it), where the
 * subcommand has that option. The first call of the library logs in.
 */
gboolean broker_open(struct broker *b, GError **error);
void broker_clear(struct broker *b);

/** Where logins are kept. Free with g_free(). */
char *command_cache_directory(void);

/** The desktops meant by the options. */
void broker_query(const struct broker *b, struct osvdi_broker_query *query);

/** The desktop meant by the argument, or the user's default. */
struct osvdi_broker_desktop *broker_find(struct broker *b, const char *name, GError **error);

typedef gboolean command_function(struct broker *b, const struct command *self, int argc,
		char **argv, GError **error);
command_function cmd_list;
command_function cmd_resolve;
command_function cmd_connect;
command_function cmd_power;
command_function cmd_reboot;
command_function cmd_wait;
command_function cmd_assign;
command_function cmd_release;
command_function cmd_reserve;
command_function cmd_leases;
command_function cmd_create;
command_function cmd_plan;
command_function cmd_logout;

#endif
