/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_URL_H
#define OSVDI_WS_URL_H

/**
 * The address of the WebSocket that belongs to an address as people and clouds give
 * it. The address of a console's page ("/spice_auto.html", or a folder) becomes the
 * address in the page's parameter "path", counted from the root of the host. A page
 * without that parameter has its WebSocket at "websockify" beside the page, with the
 * page's query. Any other address stays as it is.
 *
 * Owner: caller, use secret_free(); NULL when url is no ws(s) address, or its "path"
 *        is not a plain path.
 */
char *ws_url_socket(const char *url);

/* A second address to try if the first one turns out to be no WebSocket: "websockify"
 * beside a page that has a "path". NULL for all other addresses. Owner as above. */
char *ws_url_other(const char *url);

#endif
