/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "picture/probe.h"

/* probe HOST PORT TLS-PORT CA-FILE SUBJECT: prints what the probe sees within five
 * seconds. "" for what there is not. The password comes from standard input. */
int main(int argc, char **argv)
{
	char password[100] = "";
	g_autofree char *ca = NULL;
	g_autoptr(GError) error = NULL;
	struct probe probe;
	struct probe_target target = { 0 };

	if (argc != 6 || (*argv[4] && !g_file_get_contents(argv[4], &ca, NULL, NULL)))
		return 2;
	if (fgets(password, sizeof(password), stdin))
		g_strchomp(password);
	target = (struct probe_target){ argv[1], atoi(argv[2]), atoi(argv[3]), ca,
		*argv[5] ? argv[5] : NULL, password };
	if (!probe_screen(&target, NULL, clock_system(),
			    clock_now_us(clock_system()) + 5 * G_USEC_PER_SEC, &probe, &error)) {
		printf("error: %s\n", error->message);
		return 1;
	}
	printf("%ux%u colours=%u seen=%d lit=%d graphic=%d streamed=%d agent=%d\n",
			probe.screen.width, probe.screen.height, probe.screen.n_colours,
			screen_is_seen(&probe.screen), screen_is_lit(&probe.screen),
			screen_is_graphic(&probe.screen), probe.screen.streamed, probe.agent);
	return 0;
}
