/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_IDENTITY_H
#define OSVDI_BROKER_IDENTITY_H

#include "cloud/http.h"

/**
 * Ask an auth_url for its list of versions and follow the link of v3, which is taken
 * when it leads to the same host. For a Keystone that is not right below its root.
 * No secret is sent. NULL when there is no such list.
 *
 * Source: keystoneauth1/identity/base.py does so for every auth_url.
 */
char *identity_find(struct http *http, const char *auth_url);

#endif
