/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_DISPATCH_H
#define OSVDI_PORTAL_DISPATCH_H

#include "serve/server.h"

/** Answers each request, by the file that its route names. data: struct portal. */
struct answer *visit_answer(struct request *request, void *data);

#endif
