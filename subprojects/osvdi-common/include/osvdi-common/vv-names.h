/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_VV_NAMES_H
#define OSVDI_COMMON_VV_NAMES_H

/*
 * The names of OSVDI's own group in a connection file (.vv), for the program that writes
 * the file and the program that reads it. Other viewers ignore the group.
 */
#define OSVDI_VV_GROUP "osvdi"

/* An integer. A reader refuses a file whose version is higher than the reader's own. A new
 * key does not need a new version; a change of meaning does. */
#define OSVDI_VV_KEY_VERSION "version"
#define OSVDI_VV_VERSION 1

/* Address of a WebSocket, spice+ws:// or spice+wss://, with its token. Secret. */
#define OSVDI_VV_KEY_URL "url"
/* PEM: an authority to trust for that WebSocket besides the system's. */
#define OSVDI_VV_KEY_CA "ca"
/* When the address stops working: seconds since 1970, or ISO 8601. */
#define OSVDI_VV_KEY_EXPIRES "expires"
/* When the desktop is taken back from its user: in the same forms. */
#define OSVDI_VV_KEY_ENDS "ends"
/* UUID that the SPICE server must report. */
#define OSVDI_VV_KEY_SERVER_UUID "server-uuid"
/* The desktop to ask osvdi-broker for when a fresh address is needed; server-uuid if missing. */
#define OSVDI_VV_KEY_NAME "name"

/* A reader refuses files larger than this. */
#define OSVDI_VV_MAX_BYTES (1u << 20)

#endif
