/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_ENVIRONMENT_H
#define OSVDI_BROKER_ENVIRONMENT_H

#include "base/settings.h"

/** Take the OS_* variables of envp (as from g_get_environ()). */
void settings_from_environment(struct settings *s, char **envp);

#endif
