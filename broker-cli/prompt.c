/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "prompt.h"

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

/* A terminal hands out whole lines, and cuts longer ones to this many bytes without
 * a word, the end of the line among them. */
#define LINE_MAX_BYTES 4096

/* Read the typed line; FALSE if there is none. */
static gboolean read_line(int fd, char line[LINE_MAX_BYTES])
{
	gsize used = 0;
	gboolean ended = FALSE;

	while (used < LINE_MAX_BYTES - 1) {
		ended = read(fd, line + used, 1) <= 0;
		if (ended || line[used] == '\n')
			break;
		used++;
	}
	line[used] = '\0';
	return !caught && (!ended || used);
}

static char *take_answer(int fd)
{
	char line[LINE_MAX_BYTES];
	char *out = NULL;

	if (!read_line(fd, line))
		;
	else if (strlen(line) < LINE_MAX_BYTES - 1)
		out = g_strdup(line);
	else
		dprintf(fd, "\nThis line is too long for a terminal, which cut it.");
	explicit_bzero(line, sizeof(line));
	return out;
}

static int open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static char *ask(const char *question, gboolean hide)
{
	int fd = open_terminal();
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
	answer = take_answer(fd);
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

gboolean prompt_is_possible(void)
{
	int fd = open_terminal();

	if (fd < 0)
		return FALSE;
	close(fd);
	return TRUE;
}

gboolean prompt_yes(const char *question)
{
	g_autofree char *answer = ask(question, FALSE);

	return answer && (!g_ascii_strcasecmp(answer, "y") || !g_ascii_strcasecmp(answer, "yes"));
}
