/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * Reads what a libvirt domain's XML says of a guest. Users choose parts of the XML:
 * the guest's name, properties of images. Nothing of that is looked at; flavors
 * are the administrator's.
 */
#ifndef DOMAIN_H
#define DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#define DOMAIN_MAX_BYTES (1u << 20) /* a hundred times what Nova writes */

struct domain {
	char uuid[37];      /* lower case */
	char *flavor;       /* name, or NULL: not one of Nova's guests */
	/* name, value, name, value, ...: extra specs "osvdi:NAME" without the prefix */
	GPtrArray *specs;
};

/* False: the XML is not understood; error says why. domain is initialised either way. */
bool domain_parse(struct domain *domain, const char *xml, size_t size, GError **error);
void domain_finish(struct domain *domain);

#endif
