/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PROXY_H
#define OSVDI_BROKER_PROXY_H

#include <glib.h>

/**
 * "the proxy HOST:PORT (https_proxy)" when libcurl would reach the URL through one
 * that the environment names; else NULL. No user or password of the proxy's address
 * is in the text. Free with g_free().
 */
char *proxy_describe(const char *url);

#endif
