/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_SEAL_H
#define OSVDI_GATEWAY_SEAL_H

#include "error.h"
#include "ticket.h"

#define SEAL_MAX_BYTES 6144 /* of the sealed text */

/*
 * The keys that several gateways, and who gives tickets, share. A file has a line
 * "ID KEY" for each: the id is 1 to 16 letters and digits, the key 64 hexadecimal
 * digits. The first one seals, all of them open.
 */
struct keys;

/** Errors: TICKET_ERROR_KEYS, also for a file that others than its owner and group can read. */
struct keys *keys_load(const char *path, GError **error);
struct keys *keys_parse(const char *text, GError **error);
void keys_free(struct keys *keys);

/** "osvdi1.ID.SEALED", letters, digits and "-_." only. Owner: ticket_text_free(). */
char *seal_ticket(const struct keys *keys, const struct ticket *ticket);

struct ticket *seal_open(const struct keys *keys, const char *text, gsize size, GError **error);

/** One line of such a file, with a new key. Owner: ticket_text_free(). */
char *keys_make_line(const char *id);

#endif
