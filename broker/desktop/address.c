/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "desktop/address.h"

void address_free(struct address *a)
{
	if (!a)
		return;
	g_free(a->protocol);
	g_free(a->via);
	secret_free(a->uri);
	g_free(a->host);
	g_free(a->ca);
	g_free(a->host_subject);
	secret_free(a->password);
	secret_free(a->ws_url);
	g_free(a->ws_ca);
	secret_free(a->console_url);
	g_free(a->server_id);
	g_free(a->title);
	g_free(a->secure_channels);
	g_free(a->other_keys);
	g_free(a);
}
