/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Prints a status as JSON, with every field at an awkward value, for status-keys. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

int main(int argc, char **argv)
{
	struct display_status displays[2];
	struct server_status status = { .displays = displays, .n_displays = 2, .viewers = 3,
		.viewers_known = true, .running = true, .absolute = true };
	char *text;

	setlocale(LC_ALL, ""); /* decimal commas */
	memset(displays, 0, sizeof displays);
	displays[1] = (struct display_status){ .streaming = true, .own_viewer = true,
		.width = 16384,
		.height = 1, .encoder = "x264", .codec = CODEC_MJPEG, .frames = UINT64_MAX,
		.fps = 59.94,
		.kbps = 1e9, .convert_ms = { 0.125, 1e6 }, .qp = 51, .target_kbps = UINT32_MAX };
	if (argc > 1 && !strcmp(argv[1], "empty"))
		memset(&status, 0, sizeof status);
	text = argc > 1 && !strcmp(argv[1], "text") ? status_text(&status) : status_json(&status);
	if (!text)
		return 1;
	puts(text);
	free(text);
	return 0;
}
