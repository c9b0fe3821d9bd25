/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_PAPERS_H
#define OSVDI_PORTAL_PAPERS_H

#include "config/portal-config.h"
#include "oidc/facts.h"
#include "oidc/jwks.h"

/*
 * The two documents that a provider publishes, kept for an hour. One thread asks at a
 * time; after a failure the provider is left alone for some seconds.
 *
 * Thread: any.
 */
struct papers;

/** config, ca (PEM text or NULL), ended: borrowed; see struct fetch. */
struct papers *papers_new(const struct portal_config *config, const char *ca, const gint *ended);
void papers_free(struct papers *papers);

/** Blocks where the document has to be asked for. Errors: OIDC_FAULT_SERVICE. */
struct facts *papers_facts(struct papers *papers, GError **error);
/** newer: it lacks a key, so look again unless that was done just now. */
struct jwks *papers_keys(struct papers *papers, gboolean newer, GError **error);

/** The document as far as it is known without asking; NULL: it is not. */
struct facts *papers_known_facts(struct papers *papers);

#endif
