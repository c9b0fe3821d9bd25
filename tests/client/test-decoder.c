/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/decoder-table.h"
#include "media/decoder.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/video/gstvideodecoder.h>
#include <string.h>

#define FRAMES 40

/* Decoders that do wrong in one way each, as drivers do. */
enum fault {
	FAULT_ERROR,  /* a flow error at the third picture */
	FAULT_POST,   /* an error message on the bus, data flows on */
	FAULT_SILENT, /* takes all, gives nothing */
	FAULT_START,  /* cannot be started */
	FAULT_LATE,   /* gives each picture when the next access unit comes */
};

typedef struct {
	GstElement parent;
	guint count;
	GstClockTime before; /* time stamp of the access unit before */
} FaultyDecoder;

typedef struct {
	GstElementClass parent;
	enum fault fault;
} FaultyDecoderClass;

static enum fault fault_of(GstElement *element)
{
	return ((FaultyDecoderClass *)G_OBJECT_GET_CLASS(element))->fault;
}

static GstFlowReturn give_late(FaultyDecoder *d, GstClockTime pts)
{
	g_autoptr(GstPad) src = gst_element_get_static_pad(&d->parent, "src");
	g_autoptr(GstCaps) caps = gst_caps_from_string("video/x-raw,format=I420,width=320,"
			"height=240,framerate=30/1");
	GstBuffer *out = gst_buffer_new_allocate(NULL, 320 * 240 * 3 / 2, NULL);
	GstSegment segment;

	gst_segment_init(&segment, GST_FORMAT_TIME);
	GST_BUFFER_PTS(out) = d->before;
	d->before = pts;
	if (d->count == 2) {
		gst_pad_push_event(src, gst_event_new_stream_start("late"));
		gst_pad_push_event(src, gst_event_new_caps(caps));
		gst_pad_push_event(src, gst_event_new_segment(&segment));
	}
	if (d->count > 1)
		return gst_pad_push(src, out);
	gst_buffer_unref(out);
	return GST_FLOW_OK;
}

static GstFlowReturn faulty_chain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	FaultyDecoder *d = (FaultyDecoder *)parent;
	GstClockTime pts = GST_BUFFER_PTS(buffer);

	gst_buffer_unref(buffer);
	d->count++;
	if (fault_of(&d->parent) == FAULT_LATE)
		return give_late(d, pts);
	if (fault_of(&d->parent) == FAULT_ERROR && d->count == 3)
		return GST_FLOW_ERROR;
	if (fault_of(&d->parent) == FAULT_POST && d->count == 3)
		GST_ELEMENT_ERROR(&d->parent, STREAM, DECODE, ("the hardware went away"), (NULL));
	return GST_FLOW_OK;
}

static gboolean swallow_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
	gst_event_unref(event);
	return TRUE;
}

static GstStateChangeReturn faulty_change_state(GstElement *element, GstStateChange change)
{
	GstElementClass *parent = g_type_class_peek(GST_TYPE_ELEMENT);

	if (fault_of(element) == FAULT_START && change == GST_STATE_CHANGE_NULL_TO_READY)
		return GST_STATE_CHANGE_FAILURE;
	return parent->change_state(element, change);
}

static void faulty_class_init(gpointer class, gpointer fault)
{
	GstCaps *caps = gst_caps_new_empty_simple("video/x-h264"),
			*raw = gst_caps_new_empty_simple("video/x-raw");

	((FaultyDecoderClass *)class)->fault = GPOINTER_TO_INT(fault);
	GST_ELEMENT_CLASS(class)->change_state = faulty_change_state;
	gst_element_class_set_static_metadata(class, "Faulty", "Codec/Decoder/Video",
			"Fails", "OSVDI");
	gst_element_class_add_pad_template(class,
			gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
	gst_element_class_add_pad_template(class,
			gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, raw));
	gst_caps_unref(caps);
	gst_caps_unref(raw);
}

static void faulty_init(GTypeInstance *instance, gpointer class)
{
	GstElementClass *c = class;
	GstPad *sink = gst_pad_new_from_template(gst_element_class_get_pad_template(c, "sink"),
			"sink");

	gst_pad_set_chain_function(sink, faulty_chain);
	gst_pad_set_event_function(sink, swallow_event);
	gst_element_add_pad(GST_ELEMENT(instance), sink);
	gst_element_add_pad(GST_ELEMENT(instance),
			gst_pad_new_from_template(gst_element_class_get_pad_template(c, "src"),
					"src"));
}

static void register_faulty(const char *name, enum fault fault)
{
	const GTypeInfo info = {
		.class_size = sizeof(FaultyDecoderClass), .class_init = faulty_class_init,
		.class_data = GINT_TO_POINTER(fault), .instance_size = sizeof(FaultyDecoder),
		.instance_init = faulty_init,
	};
	GType type = g_type_register_static(GST_TYPE_ELEMENT, name, &info, 0);

	g_assert_true(gst_element_register(NULL, name, GST_RANK_NONE, type));
}

static guint warnings;

static void count_warning(const char *domain, GLogLevelFlags level, const char *message,
		gpointer data)
{
	g_assert_nonnull(strstr(message, "failed"));
	warnings++;
}

/* ---- a stream ------------------------------------------------------------ */

static GPtrArray *stream; /* GstBuffer, access units; NULL: no encoder here */
static GstCaps *stream_caps;

static void make_stream(void)
{
	g_autoptr(GstElement) pipeline = gst_parse_launch(
			"videotestsrc num-buffers=40 ! video/x-raw,format=I420,width=320,"
			"height=240,framerate=30/1 ! "
			"openh264enc gop-size=10 complexity=low ! "
			"video/x-h264,stream-format=byte-stream,alignment=au ! "
			"appsink name=out sync=false", NULL);
	g_autoptr(GstElement) out = pipeline ? gst_bin_get_by_name(GST_BIN(pipeline), "out") : NULL;
	GstSample *sample;

	if (!out || gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
		return;
	stream = g_ptr_array_new();
	while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(out)))) {
		g_ptr_array_add(stream, gst_buffer_ref(gst_sample_get_buffer(sample)));
		gst_sample_unref(sample);
	}
	gst_element_set_state(pipeline, GST_STATE_NULL);
	stream_caps = gst_caps_new_empty_simple("video/x-h264");
	g_assert_cmpuint(stream->len, ==, FRAMES);
}

struct seen {
	guint pictures;
	guint64 last_frame;
	gint64 last_received;
};

static void on_picture(struct picture *picture, gpointer data)
{
	struct seen *seen = data;

	seen->pictures++;
	g_assert_cmpint(GST_VIDEO_FRAME_WIDTH(&picture->frame), ==, 320);
	g_assert_true(picture->has_info);
	g_assert_cmpuint(picture->info.frame, >, seen->last_frame);
	g_assert_cmpint(picture->received_us, >, seen->last_received);
	g_assert_cmpint(picture->decoded_us, >, 0);
	seen->last_frame = picture->info.frame;
	seen->last_received = picture->received_us;
	picture_unref(picture);
}

static guint run(const char *order, struct seen *seen, const char *expect_decoder)
{
	g_autoptr(GError) error = NULL;
	struct decoder *decoder = decoder_new(stream_caps, order, NULL, on_picture, seen, &error);
	guint i, replaced = 0;

	g_assert_no_error(error);
	for (i = 0; i < stream->len; i++) {
		struct osvdi_frame_info info = { .frame = i + 1 };
		enum decoder_result result = decoder_push(decoder, stream->pdata[i], &info, i + 1);

		g_assert_cmpint(result, !=, DECODER_FAILED);
		replaced += result == DECODER_REPLACED;
	}
	g_assert_cmpstr(decoder_get_name(decoder), ==, expect_decoder);
	decoder_free(decoder);
	return replaced;
}

static gboolean have(const char *element)
{
	g_autoptr(GstElementFactory) factory = gst_element_factory_find(element);

	if (stream && factory)
		return TRUE;
	g_test_skip("no H.264 encoder or decoder to test with (gstreamer1.0-plugins-bad, "
			"gstreamer1.0-libav)");
	return FALSE;
}

/* One in, one out, at once: nothing may be held back. */
static void test_each(gconstpointer name)
{
	struct seen seen = { 0 };

	if (!have(name))
		return;
	g_assert_cmpuint(run(name, &seen, name), ==, 0);
	g_assert_cmpuint(seen.pictures, ==, FRAMES);
	g_assert_cmpuint(seen.last_frame, ==, FRAMES);
}

static void test_fallback(gconstpointer broken)
{
	g_autofree char *order = g_strdup_printf("%s,avdec_h264", (const char *)broken);
	struct seen seen = { 0 };

	if (!have("avdec_h264"))
		return;
	warnings = 0;
	g_assert_cmpuint(run(order, &seen, "avdec_h264"), ==, 1);
	g_assert_cmpuint(warnings, ==, 1); /* said once */
	/* From the next key frame on; there is one in ten. */
	g_assert_cmpuint(seen.pictures, >=, strcmp(broken, "silentdec") == 0 ? 1 : FRAMES - 12);
}

/* A picture that comes one access unit late never comes when the screen rests; but late is
 * better than not. */
static void test_late(void)
{
	struct seen seen = { 0 };

	if (!have("avdec_h264"))
		return;
	warnings = 0;
	g_assert_cmpuint(run("latedec,avdec_h264", &seen, "avdec_h264"), ==, 1);
	g_assert_cmpuint(warnings, ==, 1);
	g_assert_cmpuint(seen.last_frame, ==, FRAMES);
	seen = (struct seen){ 0 };
	g_assert_cmpuint(run("latedec", &seen, "latedec"), ==, 0);
	g_assert_cmpuint(seen.last_frame, ==, FRAMES - 1);
}

static void test_start_failure(void)
{
	struct seen seen = { 0 };

	if (!have("avdec_h264"))
		return;
	g_assert_cmpuint(run("nosuchdec,startdec,avdec_h264", &seen, "avdec_h264"), ==, 0);
	g_assert_cmpuint(seen.pictures, ==, FRAMES);
}

static void test_none_left(void)
{
	g_autoptr(GError) error = NULL;
	struct seen seen = { 0 };
	struct decoder *decoder;
	enum decoder_result result = DECODER_OK;
	guint i;

	if (!have("errordec"))
		return;
	g_assert_null(decoder_new(stream_caps, "startdec", NULL, on_picture, &seen, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
	decoder = decoder_new(stream_caps, "errordec", NULL, on_picture, &seen, NULL);
	warnings = 0;
	for (i = 0; i < stream->len && result == DECODER_OK; i++)
		result = decoder_push(decoder, stream->pdata[i], NULL, 1);
	g_assert_cmpint(result, ==, DECODER_FAILED);
	g_assert_cmpuint(warnings, ==, 1);
	g_assert_cmpint(decoder_push(decoder, stream->pdata[0], NULL, 1), ==, DECODER_FAILED);
	decoder_free(decoder);
}

static void test_garbage(void)
{
	struct seen seen = { 0 };
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	struct decoder *decoder;
	guint i, j;

	if (!have("avdec_h264"))
		return;
	decoder = decoder_new(stream_caps, "avdec_h264", NULL, on_picture, &seen, NULL);
	for (i = 0; i < 20; i++) {
		guint8 *bytes = g_malloc(200);
		g_autoptr(GstBuffer) buffer = NULL;

		for (j = 0; j < 200; j++)
			bytes[j] = (guint8)g_rand_int(rand);
		memcpy(bytes, "\0\0\0\1\x65", 5);
		buffer = gst_buffer_new_wrapped(bytes, 200);
		if (decoder_push(decoder, buffer, NULL, 1) == DECODER_FAILED)
			break;
	}
	g_assert_cmpuint(seen.pictures, ==, 0);
	decoder_free(decoder);
}

static void test_table(void)
{
	g_autoptr(GPtrArray) none = decoder_table_list("video/x-nothing", NULL);
	g_autoptr(GPtrArray) wrong = decoder_table_list("video/x-h264", "vp8dec");

	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpuint(wrong->len, ==, 0);
}

int main(int argc, char **argv)
{
	gst_init(&argc, &argv);
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	g_log_set_handler("osvdi-viewer", G_LOG_LEVEL_WARNING, count_warning, NULL);
	register_faulty("errordec", FAULT_ERROR);
	register_faulty("postdec", FAULT_POST);
	register_faulty("silentdec", FAULT_SILENT);
	register_faulty("startdec", FAULT_START);
	register_faulty("latedec", FAULT_LATE);
	make_stream();
	g_test_add_data_func("/decoder/avdec_h264", "avdec_h264", test_each);
	g_test_add_data_func("/decoder/openh264dec", "openh264dec", test_each);
	g_test_add_data_func("/decoder/fallback/error", "errordec", test_fallback);
	g_test_add_data_func("/decoder/fallback/post", "postdec", test_fallback);
	g_test_add_data_func("/decoder/fallback/silent", "silentdec", test_fallback);
	g_test_add_func("/decoder/late", test_late);
	g_test_add_func("/decoder/start-failure", test_start_failure);
	g_test_add_func("/decoder/none-left", test_none_left);
	g_test_add_func("/decoder/garbage", test_garbage);
	g_test_add_func("/decoder/table", test_table);
	return g_test_run();
}
