/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

const struct command command_table[] = {
	{ "list", "", "the user's desktops", cmd_list },
	{ "resolve", "[NAME|ID]", "wake a desktop and print its SPICE address", cmd_resolve },
	{ "connect", "[NAME|ID] [-- VIEWER-OPTION...]", "wake a desktop and start the viewer",
			cmd_connect },
	{ "start", "[NAME|ID]", "start, resume or unshelve a desktop", cmd_power },
	{ "stop", "[NAME|ID]", "shut a desktop down", cmd_power },
	{ "suspend", "[NAME|ID]", "save a desktop's memory to disk", cmd_power },
	{ "resume", "[NAME|ID]", "go on with a suspended or paused desktop", cmd_power },
	{ "shelve", "[NAME|ID]", "put a desktop away, off its host", cmd_power },
	{ "unshelve", "[NAME|ID]", "bring a shelved desktop back", cmd_power },
	{ "reboot", "[NAME|ID]", "reboot a desktop", cmd_reboot },
	{ "wait", "[NAME|ID]", "wait until a desktop is in a state", cmd_wait },
	{ "assign", "POOL", "take a free desktop of a pool for a user", cmd_assign },
	{ "release", "[NAME|ID]", "give a pool's desktop back", cmd_release },
	{ "reserve", "NAME", "reserve capacity for a time (a lease)", cmd_reserve },
	{ "leases", "[list | show LEASE | extend LEASE | delete LEASE]", "show and change leases",
			cmd_leases },
	{ "create", "NAME", "make a desktop", cmd_create },
	{ "plan", "check WHEN | simulate FILE | apply FILE | report FILE | snapshot",
			"plan desktops for classes", cmd_plan },
	{ "logout", "", "forget the logins that are kept", cmd_logout },
	{ NULL, NULL, NULL, NULL },
};
