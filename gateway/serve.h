/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_SERVE_H
#define OSVDI_GATEWAY_SERVE_H

/* The commands; each returns the program's exit status. */
int serve(const char *config_file);
int ticket_command(int argc, char **argv);
int new_key_command(int argc, char **argv);
int admin_command(const char *socket_path, int argc, char **argv);

#endif
