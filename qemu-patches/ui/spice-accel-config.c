/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: "-spice accel=..." and the host's key file.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "ui/spice-accel.h"
#include "ui/spice-accel-int.h"

#define OPT_MODE "accel"
#define OPT_PREFIX "accel-"
#define OPT_CONFIG "accel-config"

static void add_opt(QemuOptsList *list, char *name, char *help)
{
    unsigned i = 0;

    while (list->desc[i].name) {
        i++;
    }
    /* the last entry stays empty: it ends the list */
    g_assert(i < SPICE_ACCEL_DESC_ROOM - 1);
    list->desc[i] = (QemuOptDesc) {
        .name = name,
        .type = QEMU_OPT_STRING,
        .help = help,
    };
}

void qemu_spice_accel_add_opts(QemuOptsList *list)
{
    size_t i;

    add_opt(list, g_strdup(OPT_CONFIG),
            g_strdup("key file to read instead of " SPICE_ACCEL_CONFIG_FILE
                     " (\"\": none)"));
    for (i = 0; i < spice_accel_option_count(); i++) {
        const struct spice_accel_option_info *info = spice_accel_option_info(i);
        bool mode = !strcmp(info->name, "mode");

        add_opt(list,
                mode ? g_strdup(OPT_MODE)
                     : g_strconcat(OPT_PREFIX, info->name, NULL),
                g_strdup_printf("%s (%s; default %s)", info->help, info->values,
                                mode ? "off" : info->initial));
    }
}

/* A bad host-wide file must not be half used: acceleration stays off. */
static int load_file(struct spice_accel_options *options, const char *path,
                     bool required)
{
    g_autofree char *error = NULL;
    int rc = spice_accel_options_load(options, path, &error);

    if (rc == 0 || (rc == -ENOENT && !required)) {
        return 0;
    }
    error_report("spice-accel: %s: %s", path, error ? error : strerror(-rc));
    return rc;
}

static int set_opt(void *opaque, const char *name, const char *value,
                   Error **errp)
{
    g_autofree char *error = NULL;
    int rc;

    if (!strcmp(name, OPT_CONFIG)) {
        return 0;
    }
    if (!strcmp(name, OPT_MODE)) {
        rc = spice_accel_options_set(opaque, "mode", value, &error);
    } else if (g_str_has_prefix(name, OPT_PREFIX)) {
        rc = spice_accel_options_set(opaque, name, value, &error);
    } else {
        return 0;
    }
    if (rc) {
        error_setg(errp, "spice: %s=%s: %s", name, value,
                   error ? error : strerror(-rc));
        return -1;
    }
    return 0;
}

void qemu_spice_accel_config_load(SpiceAccelConfig *config, QemuOpts *opts)
{
    const char *path = qemu_opt_get(opts, OPT_CONFIG);
    bool given = path != NULL;
    int rc = 0;

    config->options = spice_accel_options_create();
    g_assert(config->options);
    /* a drop-in changes nothing until the host or the command line asks */
    rc = spice_accel_options_set(config->options, "mode", "off", NULL);
    g_assert(rc == 0);

    if (!given) {
        path = SPICE_ACCEL_CONFIG_FILE;
    }
    if (*path) {
        rc = load_file(config->options, path, given);
    }
    if (rc && (given || qemu_opt_get(opts, OPT_MODE))) {
        exit(1);
    } else if (rc) {
        error_report("spice-accel: acceleration is off until that is mended");
        config->mode = SPICE_ACCEL_OFF;
        return;
    }

    qemu_opt_foreach(opts, set_opt, config->options, &error_fatal);
    config->mode = spice_accel_options_mode(config->options);
}
