/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_NAMES_H
#define OSVDI_BROKER_PLAN_NAMES_H

/* A plan's notes on a Nova server, for later runs and for the brokers of users. */
#define PLAN_TAG_READY "osvdi-ready" /* its picture was seen */
#define PLAN_META_CLASS "osvdi:class"
#define PLAN_META_SESSION "osvdi:session" /* start, end, and when users may take one; UTC */
#define PLAN_META_UNTIL "osvdi:until"
#define PLAN_META_OPENS "osvdi:opens"
#define PLAN_META_AFTER "osvdi:after" /* "delete", where no viewer keeps it */
#define PLAN_META_GROUP "osvdi:group"
/* Desktops that are of no class: the rule by which they are put to rest when nobody uses
 * them, and a guest's word that it works. See base/rest-tags.h. */
#define PLAN_META_IDLE "osvdi:idle"
#define PLAN_META_BUSY "osvdi:busy"
/* Names or ids with commas, in as many values of Nova's 255 bytes as it takes. */
#define PLAN_META_USERS "osvdi:users.%d"
#define PLAN_META_MAX_BYTES 255
#define PLAN_META_MAX_USERS 100 /* values: Nova allows 128 in all */

#endif
