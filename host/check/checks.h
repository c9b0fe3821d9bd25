/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* One function a subject; each adds its findings to the report. */
#ifndef CHECK_CHECKS_H
#define CHECK_CHECKS_H

#include "check/report.h"

void check_module(struct report *report);       /* module, library */
void check_key_files(struct report *report);    /* key-file, flavors */
void check_hook(struct report *report);         /* hook */
void check_apparmor(struct report *report);     /* apparmor */
void check_gpu(struct report *report);          /* render-node, va */
void check_mdev(struct report *report);         /* mdev */
void check_nova(struct report *report);         /* nova-spice, nova-devices */
void check_certificates(struct report *report); /* certificates, certificate-key */

#endif
