/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/decoder-table.h"

static void set_if_there(GstElement *element, const char *property, const char *value)
{
	if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), property))
		gst_util_set_object_arg(G_OBJECT(element), property, value);
}

/* Each frame thread would hold back one picture; slice threads hold back none. */
static void configure_libav(GstElement *element)
{
	guint n = CLAMP(g_get_num_processors(), 1, 4);
	g_autofree char *threads = g_strdup_printf("%u", n);

	set_if_there(element, "max-threads", threads);
	set_if_there(element, "thread-type", "slice");
	set_if_there(element, "lowres", "full");
	set_if_there(element, "std-compliance", "normal");
}

static void configure_vaapi(GstElement *element)
{
	set_if_there(element, "low-latency", "true");
}

/* For decoders with GStreamer's picture buffer: a picture comes out as soon as the order
 * is clear. */
static void configure_h264(GstElement *element)
{
	set_if_there(element, "compliance", "flexible");
}

static void configure_nvdec(GstElement *element)
{
	set_if_there(element, "max-display-delay", "0");
}

/*
 * Hardware decoders come first, and among them those that give out DMA-BUFs. In
 * GStreamer 1.22.0, decoders with GStreamer's own H.264 picture buffer keep each picture
 * until the next one comes, and the DMA-BUFs of gstreamer-vaapi are not the surfaces
 * that it decoded to.
 */
static const struct decoder_entry table[] = {
	{ "video/x-h264", "vah264dec", "h264parse", TRUE, configure_h264, .prompt_since = 24 },
	{ "video/x-h264", "vah264lpdec", "h264parse", TRUE, configure_h264, .prompt_since = 24 },
	{ "video/x-h264", "vaapih264dec", "h264parse", TRUE, configure_vaapi,
			.system_memory = TRUE },
	{ "video/x-h264", "nvh264dec", "h264parse", TRUE, configure_nvdec },
	{ "video/x-h264", "v4l2slh264dec", "h264parse", TRUE, configure_h264, .prompt_since = 24 },
	{ "video/x-h264", "v4l2h264dec", "h264parse", TRUE, NULL },
	{ "video/x-h264", "avdec_h264", NULL, FALSE, configure_libav },
	{ "video/x-h264", "openh264dec", "h264parse", FALSE, NULL },
	{ "video/x-h265", "vah265dec", "h265parse", TRUE, NULL },
	{ "video/x-h265", "vaapih265dec", "h265parse", TRUE, configure_vaapi,
			.system_memory = TRUE },
	{ "video/x-h265", "nvh265dec", "h265parse", TRUE, configure_nvdec },
	{ "video/x-h265", "avdec_h265", "h265parse", FALSE, configure_libav },
	{ "video/x-vp8", "vavp8dec", NULL, TRUE, NULL },
	{ "video/x-vp8", "vp8dec", NULL, FALSE, NULL },
	{ "video/x-vp9", "vavp9dec", "vp9parse", TRUE, NULL },
	{ "video/x-vp9", "nvvp9dec", "vp9parse", TRUE, configure_nvdec },
	{ "video/x-vp9", "vp9dec", NULL, FALSE, NULL },
};

static gboolean exists(const char *element)
{
	g_autoptr(GstElementFactory) factory = element ? gst_element_factory_find(element) : NULL;

	return !element || factory != NULL;
}

static const struct decoder_entry *find_entry(const char *codec, const char *element)
{
	static GMutex lock;
	static GPtrArray *extra; /* entries made up for --decoder, kept for the process */
	struct decoder_entry *entry;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(table); i++)
		if (g_str_equal(table[i].codec, codec) && g_str_equal(table[i].element, element))
			return &table[i];
	for (i = 0; i < G_N_ELEMENTS(table); i++)
		if (g_str_equal(table[i].element, element))
			return NULL; /* the element decodes another kind of stream */
	g_mutex_lock(&lock);
	if (!extra)
		extra = g_ptr_array_new();
	entry = g_new0(struct decoder_entry, 1);
	entry->codec = g_intern_string(codec);
	entry->element = g_intern_string(element);
	g_ptr_array_add(extra, entry);
	g_mutex_unlock(&lock);
	return entry;
}

static GPtrArray *list_ordered(const char *codec, const char *order)
{
	g_auto(GStrv) names = g_strsplit(order, ",", -1);
	GPtrArray *list = g_ptr_array_new();
	guint i;

	for (i = 0; names[i]; i++) {
		const char *name = g_strstrip(names[i]);
		const struct decoder_entry *entry;

		if (!*name || !exists(name))
			continue;
		entry = find_entry(codec, name);
		if (entry && exists(entry->parser))
			g_ptr_array_add(list, (gpointer)entry);
	}
	return list;
}

/* Whether an entry may be used without --decoder. */
static gboolean is_prompt(const struct decoder_entry *entry)
{
	guint major, minor, micro, nano;

	gst_version(&major, &minor, &micro, &nano);
	return major > 1 || minor >= entry->prompt_since;
}

GPtrArray *decoder_table_list(const char *codec, const char *order)
{
	GPtrArray *list;
	guint i;

	if (order && *order)
		return list_ordered(codec, order);
	list = g_ptr_array_new();
	for (i = 0; i < G_N_ELEMENTS(table); i++)
		if (g_str_equal(table[i].codec, codec) && is_prompt(&table[i]) &&
				exists(table[i].element) && exists(table[i].parser))
			g_ptr_array_add(list, (gpointer)&table[i]);
	return list;
}
