/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "prompt.h"
#include "text.h"

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

/* Without SA_RESTART, so that read() ends. */
static void catch_signals(struct sigaction old[3], gboolean restore)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction a = { .sa_handler = on_signal };

	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], restore ? &old[i] : &a, restore ? NULL : &old[i]);
}

static char *read_line(int fd)
{
	char line[1024];
	gsize used = 0;
	gboolean ended = FALSE;
	char *out = NULL;

	while (used < sizeof(line) - 1) {
		ssize_t n = read(fd, line + used, 1);

		if (n <= 0) {
			ended = TRUE;
			break;
		}
		if (line[used] == '\n')
			break;
		used++;
	}
	line[used] = '\0';
	if (!ended || used)
		out = caught ? NULL : g_strdup(line);
	explicit_bzero(line, sizeof(line));
	return out;
}

static char *ask(const char *question, gboolean hide)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;
	struct sigaction old[3];
	char *answer;

	if (fd < 0)
		return NULL;
	if (tcgetattr(fd, &before)) {
		close(fd);
		return NULL;
	}
	caught = 0;
	catch_signals(old, FALSE);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (hide)
		tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "%s", question);
	answer = read_line(fd);
	if (hide) {
		tcsetattr(fd, TCSAFLUSH, &before);
		dprintf(fd, "\n");
	}
	catch_signals(old, TRUE);
	close(fd);
	if (caught)
		raise(caught);
	return answer;
}

char *prompt_password(const char *question)
{
	return ask(question, TRUE);
}

gboolean prompt_yes(const char *question)
{
	g_autofree char *answer = ask(question, FALSE);

	return answer && (!g_ascii_strcasecmp(answer, "y") || !g_ascii_strcasecmp(answer, "yes"));
}
