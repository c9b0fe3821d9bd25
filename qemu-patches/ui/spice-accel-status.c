/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: "qom-get /spice-accel status".
 *
 * The commands "info spice" and query-spice are in QEMU's binary, which a
 * module cannot change; properties of an object can be read by QMP and HMP
 * alike.
 */
#include "qemu/osdep.h"

#include "qapi/error.h"
#include "qom/object.h"
#include "ui/spice-accel-int.h"

#define TYPE_SPICE_ACCEL "spice-accel"

static char *get_status(Error **errp, enum spice_accel_status_format format)
{
    g_autofree char *status = NULL;

    if (!qemu_spice_accel_server()) {
        error_setg(errp, "displays are drawn the classic way");
        return NULL;
    }
    status = spice_accel_server_status(qemu_spice_accel_server(), format);
    return g_strdup(status ? status : "");
}

static char *get_json(Object *obj, Error **errp)
{
    return get_status(errp, SPICE_ACCEL_STATUS_JSON);
}

static char *get_text(Object *obj, Error **errp)
{
    return get_status(errp, SPICE_ACCEL_STATUS_TEXT);
}

static void class_init(ObjectClass *class, ACCEL_CLASS_DATA data)
{
    object_class_property_add_str(class, "status", get_json, NULL);
    object_class_property_set_description(class, "status",
            "the accelerated displays, a JSON object");
    object_class_property_add_str(class, "text", get_text, NULL);
    object_class_property_set_description(class, "text",
            "the accelerated displays, for people");
}

static const TypeInfo type_info = {
    .name = TYPE_SPICE_ACCEL,
    .parent = TYPE_OBJECT,
    .class_init = class_init,
};

void qemu_spice_accel_status_init(void)
{
    Object *obj;

    type_register_static(&type_info);
    obj = object_new(TYPE_SPICE_ACCEL);
    object_property_add_child(object_get_root(), "spice-accel", obj);
    object_unref(obj);
}
