/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * From a stream to the OpenGL presenter's pixels through decoders that give a
 * GPU's memory: VA-API through the software driver, textures through one that
 * is made up of libav and an upload. What is to be seen is, picture by
 * picture, what libav and the CPU's conversion make of the stream.
 */
#include "present/canvas.h"
#include "media/decoder-table.h"
#include "media/decoder.h"
#include "egl-double.h"
#include "offscreen.h"
#include "present/present.h"

#include <gst/app/gstappsink.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_SOFT_VA
#include <va/va_drm.h>
#include <xf86drm.h>
/* Both libraries of the software driver are linked, and come before the real ones. */
const void *const take_shims[] = { (const void *)vaGetDisplayDRM, (const void *)drmGetVersion };
#endif

#define FRAMES 30
#define WIDTH 320
#define HEIGHT 180 /* not a multiple of 16 */

static GPtrArray *stream; /* GstBuffer, access units; NULL: no encoder here */
static GstCaps *stream_caps;
static guint32 *expected[FRAMES + 1]; /* by frame number */
static char *said; /* the last word on a decoder's memory */

static void note(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	if (!strstr(message, " gives ") && !strstr(message, "copied"))
		return;
	g_free(said);
	said = g_strdup(message);
}

static void make_stream(void)
{
	g_autoptr(GstElement) pipeline = gst_parse_launch_full(
			"videotestsrc pattern=ball num-buffers=30 ! video/x-raw,format=I420,"
			"width=320,height=180,framerate=30/1 ! "
			"openh264enc gop-size=10 complexity=low ! "
			"video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=out "
			"sync=false", NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
	g_autoptr(GstElement) out = pipeline ? gst_bin_get_by_name(GST_BIN(pipeline), "out") : NULL;
	GstSample *sample;

	if (!out || gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
		return;
	stream = g_ptr_array_new();
	while ((sample = gst_app_sink_try_pull_sample(GST_APP_SINK(out), 20 * GST_SECOND))) {
		g_ptr_array_add(stream, gst_buffer_ref(gst_sample_get_buffer(sample)));
		gst_sample_unref(sample);
	}
	gst_element_set_state(pipeline, GST_STATE_NULL);
	stream_caps = gst_caps_new_empty_simple("video/x-h264");
	g_assert_cmpuint(stream->len, ==, FRAMES);
}

/* ---- pictures ------------------------------------------------------------ */

static cairo_region_t *everything(void)
{
	return cairo_region_create_rectangle(&(cairo_rectangle_int_t){ 0, 0, WIDTH, HEIGHT });
}

static void keep(struct picture *picture, gpointer data)
{
	guint32 *pixels = g_malloc0(WIDTH * HEIGHT * 4);
	struct canvas canvas = { (guint8 *)pixels, WIDTH, HEIGHT, WIDTH * 4 };
	g_autoptr(cairo_region_t) all = everything();

	g_assert_true(canvas_apply(&canvas, picture, all));
	expected[picture->info.frame] = pixels;
	picture_unref(picture);
}

struct seen {
	struct presenter *presenter;
	enum picture_memory memory; /* of all, or -1 */
	guint pictures;
	int most; /* difference, levels */
};

static int compare(cairo_surface_t *surface, const guint32 *with)
{
	int x, y, i, most = 0;

	g_assert_nonnull(with);
	for (y = 0; y < HEIGHT; y++) {
		const guint32 *row = (guint32 *)(void *)(cairo_image_surface_get_data(surface) +
				y * cairo_image_surface_get_stride(surface));

		for (x = 0; x < WIDTH; x++)
			for (i = 0; i < 24; i += 8)
				most = MAX(most, abs((int)(row[x] >> i & 0xff) -
						(int)(with[y * WIDTH + x] >> i & 0xff)));
	}
	return most;
}

static void show(struct picture *picture, gpointer data)
{
	struct seen *seen = data;
	g_autoptr(cairo_region_t) all = everything();
	cairo_surface_t *surface;
	int difference;

	seen->memory = seen->pictures++ ?
			(picture->memory == seen->memory ? seen->memory : (enum picture_memory)-1) :
			picture->memory;
	presenter_show(seen->presenter, picture, all);
	surface = presenter_snapshot(seen->presenter);
	difference = compare(surface, expected[picture->info.frame]);
	seen->most = MAX(seen->most, difference);
	cairo_surface_destroy(surface);
	picture_unref(picture);
}

static guint run(const char *order, struct memory_caps *memory_caps, decoder_output_func output,
		gpointer data)
{
	struct decoder *decoder = decoder_new(stream_caps, order, memory_caps, output, data, NULL);
	guint i, replaced = 0;

	g_assert_nonnull(decoder);
	for (i = 0; i < stream->len; i++) {
		struct osvdi_frame_info info = { .frame = i + 1 };
		enum decoder_result result = decoder_push(decoder, stream->pdata[i], &info, i + 1);

		g_assert_cmpint(result, !=, DECODER_FAILED);
		replaced += result == DECODER_REPLACED;
	}
	decoder_free(decoder);
	return replaced;
}

/* ---- a decoder that gives textures --------------------------------------- */

typedef struct {
	GstBin parent;
} TextureDecoder;

typedef struct {
	GstBinClass parent;
} TextureDecoderClass;

static void texture_class_init(gpointer class, gpointer data)
{
	GstElementClass *c = GST_ELEMENT_CLASS(class);

	gst_element_class_set_static_metadata(c, "Textures", "Codec/Decoder/Video",
			"libav and an upload", "OSVDI");
}

static void add_pad(GstElement *bin, GstElement *element, const char *name)
{
	g_autoptr(GstPad) pad = gst_element_get_static_pad(element, name);

	gst_element_add_pad(bin, gst_ghost_pad_new(name, pad));
}

static void texture_init(GTypeInstance *instance, gpointer class)
{
	GstElement *bin = GST_ELEMENT(instance);
	GstElement *decoder = gst_element_factory_make("avdec_h264", NULL),
			*upload = gst_element_factory_make("glupload", NULL);

	g_object_set(decoder, "max-threads", 1, NULL);
	gst_bin_add_many(GST_BIN(bin), decoder, upload, NULL);
	g_assert_true(gst_element_link(decoder, upload));
	add_pad(bin, decoder, "sink");
	add_pad(bin, upload, "src");
}

static void register_texture_decoder(void)
{
	const GTypeInfo info = {
		.class_size = sizeof(TextureDecoderClass), .class_init = texture_class_init,
		.instance_size = sizeof(TextureDecoder), .instance_init = texture_init,
	};

	g_assert_true(gst_element_register(NULL, "texturedec", GST_RANK_NONE,
			g_type_register_static(GST_TYPE_BIN, "TextureDecoder", &info, 0)));
}

/* ---- tests --------------------------------------------------------------- */

static gboolean have(const char *element)
{
	g_autoptr(GstElementFactory) factory = gst_element_factory_find(element);

	if (stream && factory)
		return TRUE;
	g_test_skip_printf("no openh264enc, or no %s", element);
	return FALSE;
}

static struct presenter *start(const struct egl_double_rules *rules)
{
	struct gl_window *window;
	struct presenter *presenter = NULL;

	egl_double_set_rules(rules);
	window = offscreen_new(WIDTH, HEIGHT);
	if (window)
		presenter = presenter_egl_new_in(window, TRUE);
	if (!presenter)
		g_test_skip("no OpenGL ES 3 without a screen here (libegl1, libgl1-mesa-dri)");
	return presenter;
}

static struct seen check_decoder(const char *order, const struct egl_double_rules *rules,
		guint replaced)
{
	struct seen seen = { .presenter = start(rules) };
	struct memory_caps *memory_caps;

	if (!seen.presenter)
		return seen;
	memory_caps = presenter_get_memory_caps(seen.presenter);
	g_clear_pointer(&said, g_free);
	g_assert_cmpuint(run(order, memory_caps, show, &seen), ==, replaced);
	memory_caps_unref(memory_caps);
	presenter_destroy(seen.presenter);
	g_test_message("%u pictures, at most %d levels off; %s", seen.pictures, seen.most,
			said ? said : "");
	g_assert_cmpint(seen.most, <=, 1);
	g_assert_cmpint(egl_double_count_alive(), ==, 0);
	return seen;
}

/* GStreamer's own picture buffer kept the newest picture before 1.24. */
static guint count_expected(const char *element)
{
	guint major, minor, micro, nano;

	gst_version(&major, &minor, &micro, &nano);
	return g_str_has_prefix(element, "va") && !g_str_has_prefix(element, "vaapi") && minor <
			24 ? FRAMES - 1 : FRAMES;
}

static void test_surfaces(gconstpointer element)
{
	static const struct egl_double_rules planes = { 0, true, false, false },
			whole = { 0, false, true, false };
	struct seen seen;

	if (!have(element))
		return;
	seen = check_decoder(element, &planes, 0);
	if (!seen.presenter)
		return;
	g_assert_cmpuint(seen.pictures, ==, count_expected(element));
	g_assert_cmpint(seen.memory, ==, PICTURE_DMABUF);
	g_assert_null(strstr(said, "copied"));
	g_assert_cmpint(egl_double_count_created(), >, 0);
	seen = check_decoder(element, &whole, 0);
	g_assert_cmpuint(seen.pictures, ==, count_expected(element));
	g_assert_cmphex(egl_double_last()->fourcc, ==, 'N' | 'V' << 8 | '1' << 16 | '2' << 24);
	g_assert_cmpint(egl_double_count_refused(), ==, 0);
}

/* All pictures are read by the CPU, and that is said. */
static void check_copied(const char *element, const struct egl_double_rules *rules)
{
	struct seen seen;

	if (!have(element))
		return;
	seen = check_decoder(element, rules, 0);
	if (!seen.presenter)
		return;
	g_assert_cmpuint(seen.pictures, ==, count_expected(element));
	g_assert_nonnull(strstr(said, "pictures are copied"));
}

/* OpenGL takes none of it. */
static void test_no_memory_caps(gconstpointer element)
{
	static const struct egl_double_rules none = { 0 };

	check_copied(element, &none);
}

/* OpenGL said that it takes it, and does not. */
static void test_refused(gconstpointer element)
{
	static const struct egl_double_rules refuse = { 0, true, true, true };

	check_copied(element, &refuse);
}

/* gstreamer-vaapi: only the system's memory is right, whatever OpenGL takes. */
static void test_system(gconstpointer element)
{
	static const struct egl_double_rules planes = { 0, true, false, false };
	struct seen seen;

	if (!have(element))
		return;
	seen = check_decoder(element, &planes, 0);
	if (!seen.presenter)
		return;
	g_assert_cmpuint(seen.pictures, ==, FRAMES);
	g_assert_cmpint(seen.memory, ==, PICTURE_SYSTEM);
	g_assert_nonnull(strstr(said, "pictures are copied"));
}

static void test_textures(void)
{
	static const struct egl_double_rules none = { 0 };
	struct seen seen;

	if (!have("glupload") || !have("avdec_h264"))
		return;
	seen = check_decoder("texturedec", &none, 0);
	if (!seen.presenter)
		return;
	g_assert_cmpuint(seen.pictures, ==, FRAMES);
	g_assert_cmpint(seen.memory, ==, PICTURE_GL);
	g_assert_null(strstr(said, "copied"));
}

int main(int argc, char **argv)
{
	gst_init(&argc, &argv);
	g_test_init(&argc, &argv, NULL);
	g_log_set_handler("osvdi-viewer", G_LOG_LEVEL_INFO, note, NULL);
	egl_double_install();
	register_texture_decoder();
	make_stream();
	if (stream && have("avdec_h264"))
		run("avdec_h264", NULL, keep, NULL);
	g_test_add_func("/decode-gl/textures", test_textures);
	g_test_add_data_func("/decode-gl/va", "vah264dec", test_surfaces);
	g_test_add_data_func("/decode-gl/va/no-memory-caps", "vah264dec", test_no_memory_caps);
	g_test_add_data_func("/decode-gl/va/refused", "vah264dec", test_refused);
	g_test_add_data_func("/decode-gl/vaapi", "vaapih264dec", test_system);
	return g_test_run();
}
