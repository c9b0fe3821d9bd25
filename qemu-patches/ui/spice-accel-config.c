/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: "-spice accel=...", the host's key file and the
 * guest's.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "ui/spice-accel.h"
#include "ui/spice-accel-int.h"

#define OPT_MODE "accel"
#define OPT_PREFIX "accel-"
#define OPT_CONFIG "accel-config"
#define OPT_GUEST_CONFIG "accel-guest-config"
#define OPT_STATUS_FILE "accel-status-file"

/* Settings that are not the library's, in a group of their own. */
#define GROUP_DISPLAYS "displays"

static const struct {
    const char *name, *help;
} displays_opts[] = {
    { "heads", "monitors of each virtio GPU (0-16; default 0: as max_outputs= says)" },
    { "vgpu", "show what vfio-pci devices have to show, whatever display= says "
              "(off|auto|on; default auto)" },
};

static int set_displays_opt(SpiceAccelConfig *config, const char *name,
                            const char *value, char **error)
{
    unsigned heads;

    if (!strcmp(name, "heads")) {
        if (qemu_strtoui(value, NULL, 10, &heads) || heads > SPICE_ACCEL_MAX_HEADS) {
            *error = g_strdup_printf("\"%s\" is not a number from 0 to %d", value,
                                     SPICE_ACCEL_MAX_HEADS);
            return -EINVAL;
        }
        config->heads = heads;
        return 0;
    }
    if (!strcmp(name, "vgpu")) {
        if (!strcmp(value, "off")) {
            config->vgpu = SPICE_ACCEL_VGPU_OFF;
        } else if (!strcmp(value, "auto")) {
            config->vgpu = SPICE_ACCEL_VGPU_AUTO;
        } else if (!strcmp(value, "on")) {
            config->vgpu = SPICE_ACCEL_VGPU_ON;
        } else {
            *error = g_strdup_printf("\"%s\" is not one of off, auto, on", value);
            return -EINVAL;
        }
        return 0;
    }
    *error = g_strdup("there is no such setting");
    return -ENOENT;
}

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
    add_opt(list, g_strdup(OPT_GUEST_CONFIG),
            g_strdup("key file to read after it instead of " SPICE_ACCEL_GUESTS
                     "/UUID.conf (\"\": none)"));
    add_opt(list, g_strdup(OPT_STATUS_FILE),
            g_strdup("file to keep the status in instead of " SPICE_ACCEL_STATUS_FILES
                     "/UUID.json (\"\": none)"));
    for (i = 0; i < ARRAY_SIZE(displays_opts); i++) {
        add_opt(list, g_strconcat(OPT_PREFIX, displays_opts[i].name, NULL),
                g_strdup(displays_opts[i].help));
    }
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

static int load_displays(SpiceAccelConfig *config, const char *path, char **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_auto(GStrv) keys = NULL;
    unsigned i;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL)) {
        return -EIO; /* which could be read a moment ago */
    }
    keys = g_key_file_get_keys(file, GROUP_DISPLAYS, NULL, NULL);
    for (i = 0; keys && keys[i]; i++) {
        g_autofree char *value = g_key_file_get_string(file, GROUP_DISPLAYS,
                                                       keys[i], NULL);
        g_autofree char *why = NULL;
        int rc = set_displays_opt(config, keys[i], value ? value : "", &why);

        if (rc) {
            *error = g_strdup_printf("[" GROUP_DISPLAYS "]: %s: %s", keys[i], why);
            return rc;
        }
    }
    return 0;
}

/* A bad file must not be half used: acceleration stays off. */
static int load_file(SpiceAccelConfig *config, const char *path, bool required)
{
    g_autofree char *error = NULL;
    int rc = spice_accel_options_load(config->options, path, &error);

    if (rc == -ENOENT && !required) {
        return 0;
    }
    if (rc == 0) {
        rc = load_displays(config, path, &error);
    }
    if (rc == 0) {
        return 0;
    }
    error_report("spice-accel: %s: %s", path, error ? error : strerror(-rc));
    return rc;
}

static bool is_displays_opt(const char *name)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(displays_opts); i++) {
        if (!strcmp(name, displays_opts[i].name)) {
            return true;
        }
    }
    return false;
}

static int set_opt(void *opaque, const char *name, const char *value,
                   Error **errp)
{
    SpiceAccelConfig *config = opaque;
    const char *rest = name;
    g_autofree char *error = NULL;
    int rc;

    if (!strcmp(name, OPT_CONFIG) || !strcmp(name, OPT_GUEST_CONFIG) ||
        !strcmp(name, OPT_STATUS_FILE)) {
        return 0;
    }
    if (!strcmp(name, OPT_MODE)) {
        rc = spice_accel_options_set(config->options, "mode", value, &error);
    } else if (!strstart(name, OPT_PREFIX, &rest)) {
        return 0;
    } else if (is_displays_opt(rest)) {
        rc = set_displays_opt(config, rest, value, &error);
    } else {
        rc = spice_accel_options_set(config->options, name, value, &error);
    }
    if (rc) {
        error_setg(errp, "spice: %s=%s: %s", name, value,
                   error ? error : strerror(-rc));
        return -1;
    }
    return 0;
}

/* Reads the host's file, then the guest's. given: the command line named the file
 * that failed. */
static int load_files(SpiceAccelConfig *config, QemuOpts *opts, bool *given)
{
    const char *host = qemu_opt_get(opts, OPT_CONFIG);
    const char *guest = qemu_opt_get(opts, OPT_GUEST_CONFIG);
    g_autofree char *path = NULL;
    char uuid[37];
    int rc = 0;

    *given = host != NULL;
    if (!host || *host) {
        rc = load_file(config, host ? host : SPICE_ACCEL_CONFIG_FILE, *given);
    }
    if (rc || (guest && !*guest)) {
        return rc;
    }
    *given = guest != NULL;
    if (guest) {
        return load_file(config, guest, true);
    }
    if (!qemu_uuid_set) {
        return 0;
    }
    qemu_uuid_unparse(&qemu_uuid, uuid);
    path = g_strdup_printf(SPICE_ACCEL_GUESTS "/%s.conf", uuid);
    return load_file(config, path, false);
}

void qemu_spice_accel_config_load(SpiceAccelConfig *config, QemuOpts *opts)
{
    bool given;
    int rc;

    config->vgpu = SPICE_ACCEL_VGPU_AUTO;
    config->options = spice_accel_options_create();
    g_assert(config->options);
    /* a drop-in changes nothing until the host or the command line asks */
    rc = spice_accel_options_set(config->options, "mode", "off", NULL);
    g_assert(rc == 0);

    rc = load_files(config, opts, &given);
    if (rc && (given || qemu_opt_get(opts, OPT_MODE))) {
        exit(1);
    } else if (rc) {
        error_report("spice-accel: acceleration is off until that is mended");
        config->mode = SPICE_ACCEL_OFF;
        return;
    }

    qemu_opt_foreach(opts, set_opt, config, &error_fatal);
    config->mode = spice_accel_options_mode(config->options);
}
