/*
 * SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accelerated SPICE displays: devices as the host's settings want them.
 *
 * libvirt gives a vGPU "display=off" and a virtio GPU one output, and Nova has no
 * setting for either. These are properties of the command line, which win over
 * "-global"; but until a device is realized they can be set. QEMU asks listeners
 * about each device that "-device" and device_add make, when its class is loaded
 * and its object is not made yet: this is where the class gets our realize.
 */
#include "qemu/osdep.h"

#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "ui/spice-accel-int.h"

static struct {
    unsigned heads;
    SpiceAccelVgpu vgpu;
    GHashTable *real; /* DeviceClass -> its own realize */
} wanted;

/* A class that was initialised after its parent had ours has inherited it. */
static DeviceRealize real_of(ObjectClass *class)
{
    DeviceRealize real = NULL;

    while (class && !real) {
        real = g_hash_table_lookup(wanted.real, class);
        class = object_class_get_parent(class);
    }
    return real;
}

static void set_display(DeviceState *dev)
{
    g_autofree char *is = object_property_get_str(OBJECT(dev), "display", NULL);
    const char *value = wanted.vgpu == SPICE_ACCEL_VGPU_ON ? "on" : "auto";
    Error *error = NULL;

    if (!is || !strcmp(is, "on") || !strcmp(is, value)) {
        return;
    }
    if (!object_property_set_str(OBJECT(dev), "display", value, &error)) {
        warn_reportf_err(error, "spice-accel: ");
        return;
    }
    info_report("spice-accel: %s has display=%s, by vgpu=%s",
                object_get_typename(OBJECT(dev)), value, value);
}

static void set_heads(DeviceState *dev)
{
    Error *error = NULL;

    if (!object_property_set_uint(OBJECT(dev), "max_outputs", wanted.heads, &error)) {
        warn_reportf_err(error, "spice-accel: ");
        return;
    }
    info_report("spice-accel: %s has max_outputs=%u, by heads=%u",
                object_get_typename(OBJECT(dev)), wanted.heads, wanted.heads);
}

static bool is_vgpu(ObjectClass *class)
{
    return wanted.vgpu != SPICE_ACCEL_VGPU_OFF &&
           object_class_dynamic_cast(class, "vfio-pci");
}

static bool is_virtio_gpu(ObjectClass *class)
{
    return wanted.heads && (object_class_dynamic_cast(class, "virtio-vga-base") ||
                            object_class_dynamic_cast(class, "virtio-gpu-pci-base"));
}

static void realize(DeviceState *dev, Error **errp)
{
    ObjectClass *class = object_get_class(OBJECT(dev));

    if (is_vgpu(class)) {
        set_display(dev);
    } else if (is_virtio_gpu(class)) {
        set_heads(dev);
    }
    real_of(class)(dev, errp);
}

static void wrap(ObjectClass *class)
{
    DeviceClass *dc = DEVICE_CLASS(class);

    if (dc->realize != realize) {
        g_hash_table_insert(wanted.real, class, dc->realize);
        dc->realize = realize;
    }
}

/* The class of the name that was given; "virtio-gpu" is one of QEMU's other names. */
static ObjectClass *class_of(const char *driver)
{
    g_autofree char *pci = g_strconcat(driver, "-pci", NULL);
    ObjectClass *class = object_class_by_name(driver);

    return class ? class : object_class_by_name(pci);
}

/* Hides none. */
static bool look(DeviceListener *listener, const QDict *opts, bool from_json,
                 Error **errp)
{
    const char *driver = qdict_get_try_str(opts, "driver");
    ObjectClass *class = driver ? class_of(driver) : NULL;

    if (class && (is_vgpu(class) || is_virtio_gpu(class))) {
        wrap(class);
    }
    return false;
}

void qemu_spice_accel_devices_init(unsigned heads, SpiceAccelVgpu vgpu)
{
    static DeviceListener listener = { .hide_device = look };

    wanted.heads = heads;
    wanted.vgpu = vgpu;
    wanted.real = g_hash_table_new(NULL, NULL);
    device_listener_register(&listener);
}
