/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Cases that only GStreamer's encoders have: elements that are missing or too slow,
 * and pixels behind a descriptor that are given to the element. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <drm_fourcc.h>

#include "pixels/convert-cpu.h"
#include "encode/gst/gst-elements.h"
#include "encode/gst/gst-plugins.h"
#include "kit.h"

static int probe(const char *element, char *why, size_t size)
{
	struct encoder_params params = { .width = 320, .height = 240, .fps = 30,
		.bitrate_kbps = 4000 };

	g_setenv("SPICE_ACCEL_GST_ENCODER", element, TRUE);
	return encoder_probe(encoder_impl_find("gst"), &params, why, size);
}

static void test_not_here(void)
{
	char why[256];

	g_assert_cmpint(probe("identity", why, sizeof why), ==, -ENODEV);
	g_assert_nonnull(strstr(why, "identity"));
	/* no such device in a machine that tests this, or it works */
	if (probe("nvh264enc", why, sizeof why) < 0)
		g_assert_nonnull(strstr(why, "nvh264enc"));
}

/* Too slow, as a device that hangs: an error within the time, and no wait at the end. */
static void test_time_limit(void)
{
	struct damage all = { 0 };
	struct encode_request request = { .damage = &all, .number = 1 };
	struct kit k;
	int ret = 0;

	g_setenv("SPICE_ACCEL_GST_ENCODER", "x264enc", TRUE);
	g_setenv("SPICE_ACCEL_GST_TIMEOUT_MS", "1", TRUE);
	kit_init(&k, &(struct kit_params){ .width = 3840, .height = 2160, .threads = 1 });
	request.picture = &k.picture;
	damage_add_all(&all, 3840, 2160);
	for (uint32_t i = 0; i < 50 && ret == 0; i++) {
		canvas_fill(&k.canvas, CONTENT_NOISE, 3 * i);
		g_assert_cmpint(convert_cpu(&k.picture, k.canvas.frame, &all), ==, 0);
		packet_reset(&k.packet);
		ret = encoder_encode(k.encoder, &request, &k.packet);
	}
	g_assert_cmpint(ret, ==, -ETIME);
	kit_finish(&k);
	g_setenv("SPICE_ACCEL_GST_TIMEOUT_MS", "30000", TRUE);
}

static struct spice_accel_frame *make_frame(const struct canvas *c, uint32_t fourcc,
		uint32_t padding, bool flip)
{
	uint32_t stride = c->width * 4 + padding;
	struct spice_accel_dmabuf_params params = { .size = sizeof params, .width = c->width,
		.height = c->height,
		.fourcc = fourcc, .modifier = DRM_FORMAT_MOD_LINEAR, .n_planes = 1,
		.stride = { stride }, .y_flip = flip };
	struct spice_accel_frame *frame;

	params.fd[0] = memfd_create("dmabuf", MFD_CLOEXEC);
	g_assert_cmpint(ftruncate(params.fd[0], (off_t)stride * c->height), ==, 0);
	for (uint32_t y = 0; y < c->height; y++)
		g_assert_cmpint(pwrite(params.fd[0], c->pixels + y * c->width, c->width * 4,
				(off_t)y * stride), ==, c->width * 4);
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, &params), ==, 0);
	close(params.fd[0]);
	return frame;
}

static void test_descriptors(void)
{
	struct damage all = { 0 };
	struct kit k;

	g_setenv("SPICE_ACCEL_GST_ENCODER", "x264enc", TRUE);
	kit_init(&k, &(struct kit_params){ .width = 640, .height = 360 });
	damage_add_all(&all, 640, 360);
	for (uint32_t i = 0; i < 8; i++) {
		struct encode_request request = { .damage = &all, .number = i };

		/* content from memory and from descriptors may alternate */
		canvas_fill(&k.canvas, CONTENT_GRADIENT, 50 * i);
		g_assert_cmpint(convert_cpu(&k.picture, k.canvas.frame, &all), ==, 0);
		planes_from_picture(&k.source, &k.picture);
		if (i == 3)
			request.picture = &k.picture;
		else
			request.frame = make_frame(&k.canvas, DRM_FORMAT_XRGB8888,
					i % 2 * 64, false);
		packet_reset(&k.packet);
		g_assert_cmpint(encoder_encode(k.encoder, &request, &k.packet), ==, 0);
		planes_copy(&k.shown, decoder_decode(k.decoder, k.packet.data, k.packet.size));
		g_assert_cmpfloat(kit_psnr(&k), >, 30);
		spice_accel_frame_unref(request.frame);
	}
	kit_finish(&k);
}

static void test_refuses(void)
{
	struct damage all = { 0 };
	struct encode_request request = { .damage = &all };
	struct kit k;

	g_setenv("SPICE_ACCEL_GST_ENCODER", "x264enc", TRUE);
	kit_init(&k, &(struct kit_params){ .width = 64, .height = 64 });
	request.frame = make_frame(&k.canvas, DRM_FORMAT_XRGB8888, 0, true);
	g_assert_cmpint(encoder_encode(k.encoder, &request, &k.packet), ==, -ENOTSUP);
	spice_accel_frame_unref(request.frame);
	request.frame = make_frame(&k.canvas, DRM_FORMAT_XRGB2101010, 0, false);
	g_assert_cmpint(encoder_encode(k.encoder, &request, &k.packet), ==, -ENOTSUP);
	spice_accel_frame_unref(request.frame);
	kit_finish(&k);
}

/* ---- confined ----------------------------------------------------------- */

#define KILL_IF(nr) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/* As libvirt's QEMU with spawn=deny: another program ends this one. */
static void confine(void)
{
	static struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_fork
		KILL_IF(SYS_fork),
		KILL_IF(SYS_vfork),
#endif
		KILL_IF(SYS_execve),
		KILL_IF(SYS_execveat),
		/* whose flags no filter sees; the C library goes on with clone() */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { G_N_ELEMENTS(filter), filter };

	g_assert_cmpint(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
	g_assert_cmpint(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
}

static void test_confined_child(void)
{
	char why[256];

	/* no look at all plugins, so no other process and none of their libraries */
	g_assert_cmpint(probe("x264enc", why, sizeof why), ==, 0);
	g_assert_false(g_file_test(g_getenv("GST_REGISTRY"), G_FILE_TEST_EXISTS));
	_exit(0); /* a sanitizer's look for leaks takes a process */
}

/* Without a list of plugins of an earlier start. */
static void test_confined(void)
{
	g_autofree char *folder = g_dir_make_tmp("osvdi-gst-XXXXXX", NULL);
	g_autofree char *registry = g_build_filename(folder, "registry", NULL);

	g_setenv("GST_REGISTRY", registry, TRUE);
	g_test_trap_subprocess("/gst/confined/subprocess", 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
	g_unsetenv("GST_REGISTRY");
	g_test_trap_assert_passed();
	rmdir(folder);
}

/* ---- properties --------------------------------------------------------- */

/*
 * The properties of the elements, by version of GStreamer, as their documentation and
 * sources say (gst-plugins-bad sys/nvcodec, sys/qsv, sys/amfcodec, and
 * gst-plugins-good sys/v4l2): properties, with their values where those are names.
 */
static const struct {
	const char *element, *version, *properties;
} documented[] = {
	{ "nvh264enc", "1.22", "preset=default,hp,hq,low-latency,low-latency-hq,low-latency-hp,"
		"lossless,lossless-hp "
		"rc-mode=default,constqp,cbr,vbr,vbr-minqp,cbr-ld-hq,cbr-hq,vbr-hq zerolatency "
		"gop-size "
		"bitrate max-bitrate aud vbv-buffer-size rc-lookahead bframes" },
	{ "nvh264enc", "1.26", "preset=default,hp,hq,low-latency,low-latency-hq,low-latency-hp,"
		"lossless,lossless-hp,p1,p2,p3,p4,p5,p6,p7 "
		"tune=default,high-quality,low-latency,ultra-low-latency,lossless gop-size "
		"b-frames "
		"rate-control=cqp,vbr,cbr,cbr-ld-hq,cbr-hq,vbr-hq bitrate max-bitrate "
		"vbv-buffer-size "
		"rc-lookahead zero-reorder-delay aud cabac repeat-sequence-header" },
	{ "qsvh264enc", "1.22",
		"low-latency target-usage cabac gop-size i-frames b-frames ref-frames bitrate "
		"max-bitrate rate-control=cbr,vbr,cqp,avbr,la_vbr,icq,vcm,la_icq,la_hrd,qvbr "
		"rc-lookahead" },
	{ "amfh264enc", "1.22", "usage=transcoding,ultra-low-latency,low-latency,webcam "
		"rate-control=default,cqp,cbr,vbr,lcvbr preset=default,balanced,speed,quality "
		"bitrate "
		"max-bitrate gop-size ref-frames aud cabac" },
	{ "amfh264enc", "1.24", "usage=transcoding,ultra-low-latency,low-latency,webcam "
		"rate-control=default,cqp,cbr,vbr,lcvbr preset=default,balanced,speed,quality "
		"bitrate "
		"max-bitrate gop-size ref-frames aud cabac b-frames" },
	{ "v4l2h264enc", "1.22", "device output-io-mode=auto,rw,mmap,userptr,dmabuf,dmabuf-import "
		"capture-io-mode=auto,rw,mmap,userptr,dmabuf,dmabuf-import extra-controls" },
};

/* The part of `properties` that begins with the name; NULL: there is none. */
static char *find_property(const char *properties, const char *name)
{
	g_auto(GStrv) list = g_strsplit(properties, " ", -1);
	size_t length = strlen(name);

	for (unsigned i = 0; list[i]; i++)
		if (!strncmp(list[i], name, length) && (!list[i][length] || list[i][length] == '='))
			return g_strdup(list[i]);
	return NULL;
}

static bool takes(const char *property, const char *value)
{
	const char *values = strchr(property, '=');
	g_auto(GStrv) list = g_strsplit(values ? values + 1 : "", ",", -1);

	return !values || g_strv_contains((const char *const *)list, value);
}

/* Each setting is for some version, and has a value there; in each version
 * nothing is left out that delays pictures or makes key frames unasked. */
static void check_settings(const char *element, const char *settings)
{
	g_auto(GStrv) pairs = g_strsplit(settings, " ", -1);

	for (unsigned i = 0; pairs[i] && *pairs[i]; i++) {
		g_auto(GStrv) pair = g_strsplit(pairs[i], "=", 2);
		bool known = false;

		for (unsigned k = 0; k < G_N_ELEMENTS(documented); k++) {
			g_autofree char *found = strcmp(documented[k].element, element) ? NULL :
					find_property(documented[k].properties, pair[0]);

			known |= found && takes(found, pair[1]);
		}
		if (!known)
			g_error("%s has no %s", element, pairs[i]);
	}
}

static bool sets(const struct encoder_element *info, const char *properties, const char *name)
{
	g_autofree char *has = find_property(properties, name);
	g_autofree char *wanted = find_property(info->settings, name);

	if (has && !wanted)
		g_error("%s: %s is not set", info->name, name);
	return has != NULL;
}

static const struct encoder_element *element_named(const char *name)
{
	g_setenv("SPICE_ACCEL_GST_ENCODER", name, TRUE);
	g_assert_nonnull(encoder_element_at(0));
	g_assert_cmpstr(encoder_element_at(0)->name, ==, name);
	return encoder_element_at(0);
}

static void test_documented(void)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(documented); i++) {
		const struct encoder_element *info = element_named(documented[i].element);
		const char *properties = documented[i].properties;
		g_autofree char *bitrate = info->bitrate ?
				find_property(properties, info->bitrate) : NULL;
		g_autofree char *buffer = info->buffer ? find_property(properties, info->buffer) :
				NULL;

		check_settings(info->name, info->settings);
		check_settings(info->name, info->import ? info->import : "");
		check_settings(info->name, info->copy ? info->copy : "");
		g_assert_true(bitrate || (info->controls && strstr(properties, "extra-controls")));
		g_assert_true(buffer || !info->buffer);
		if (info->controls)
			continue;
		g_assert_true(sets(info, properties, "gop-size"));
		g_assert_true(sets(info, properties, "rc-mode") ||
				sets(info, properties, "rate-control"));
		sets(info, properties, "b-frames");
		sets(info, properties, "bframes");
		if (!strcmp(info->name, "nvh264enc")) /* qsv's is for other rate controls */
			sets(info, properties, "rc-lookahead");
		sets(info, properties, "zerolatency");
		sets(info, properties, "zero-reorder-delay");
		sets(info, properties, "low-latency");
		sets(info, properties, "usage");
		sets(info, properties, "tune");
	}
}

/* The property has the value that the text stands for. */
static bool has_value(GstElement *element, const char *name, const char *text)
{
	GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);
	GValue value = G_VALUE_INIT, wanted = G_VALUE_INIT;
	bool same;

	g_assert_nonnull(spec);
	g_value_init(&value, spec->value_type);
	g_value_init(&wanted, spec->value_type);
	g_object_get_property(G_OBJECT(element), name, &value);
	if (spec->value_type == G_TYPE_STRING)
		g_value_set_string(&wanted, text);
	else
		g_assert_true(gst_value_deserialize(&wanted, text));
	same = gst_value_compare(&value, &wanted) == GST_VALUE_EQUAL;
	g_value_unset(&value);
	g_value_unset(&wanted);
	return same;
}

/* Each setting is taken by the elements that are here. */
static void test_taken(void)
{
	static const char *const names[] = { "x264enc", "openh264enc", "nvh264enc", "qsvh264enc",
		"amfh264enc", "v4l2h264enc" };
	struct encoder_params params = { .width = 320, .height = 240, .fps = 30,
		.bitrate_kbps = 4000 };

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct encoder_element *info = element_named(names[i]);
		g_autoptr(GstElementFactory) factory = gst_plugins_find(names[i], info->plugin);
		g_autoptr(GstElement) element = factory ?
				gst_element_factory_create(factory, NULL) : NULL;
		g_auto(GStrv) pairs = g_strsplit(info->settings, " ", -1);

		if (!element)
			continue;
		gst_object_ref_sink(element);
		encoder_element_configure(info, element, &params);
		for (unsigned k = 0; pairs[k] && *pairs[k] && i < 2; k++) {
			g_auto(GStrv) pair = g_strsplit(pairs[k], "=", 2);

			if (!has_value(element, pair[0], pair[1]))
				g_error("%s: %s is not taken", names[i], pairs[k]);
		}
		if (info->bitrate) {
			g_autofree char *wanted = g_strdup_printf("%u",
					4000000 / info->bitrate_unit);

			g_assert_true(has_value(element, info->bitrate, wanted));
		}
	}
}

int main(int argc, char **argv)
{
	char why[256];

	g_test_init(&argc, &argv, NULL);
	g_setenv("SPICE_ACCEL_GST_TIMEOUT_MS", "30000", TRUE);
	if (g_test_subprocess())
		confine();
	if (probe("x264enc", why, sizeof why) < 0) {
		g_print("1..0 # SKIP %s\n", why);
		return 77;
	}
	g_test_add_func("/gst/confined", test_confined);
	g_test_add_func("/gst/confined/subprocess", test_confined_child);
	g_test_add_func("/gst/documented", test_documented);
	g_test_add_func("/gst/taken", test_taken);
	g_test_add_func("/gst/not-here", test_not_here);
	g_test_add_func("/gst/descriptors", test_descriptors);
	g_test_add_func("/gst/refuses", test_refuses);
	g_test_add_func("/gst/time-limit", test_time_limit);
	return g_test_run();
}
