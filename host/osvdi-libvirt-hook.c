/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * libvirt's hook for QEMU: writes a guest's settings where QEMU's module reads
 * them. libvirt waits for it, and a status other than 0 keeps a guest from
 * starting; so whatever happens here ends soon, and with 0.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "base/setting.h"
#include "domain.h"
#include "flavors.h"
#include "guest-file.h"
#include "settings.h"

#define CONFIG "/etc/osvdi/host.conf"
#define FOLDER "/run/osvdi/guests"
#define STATUS "/run/osvdi/status"
#define LIBVIRT_CONFIG "/etc/libvirt/qemu.conf"
#define LIMIT_S 5 /* it takes milliseconds */

static const char *variable(const char *name, const char *initial)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : initial;
}

static void say(int priority, const char *guest, const char *text)
{
	g_autofree char *safe = g_strescape(guest, NULL);

	syslog(priority, "guest %.64s: %s", safe, text);
}

static void give_up(int number)
{
	static const char text[] = "osvdi-libvirt-hook: gave up; the guest starts with the host's "
			"settings\n";

	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(0);
	_exit(0);
}

static void never_fail(void)
{
	static const int numbers[] = { SIGALRM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGTERM, SIGSYS };

	for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++)
		signal(numbers[i], give_up);
	signal(SIGPIPE, SIG_IGN);
	alarm(LIMIT_S);
}

/* One byte more than is parsed, so that too much is seen to be too much. */
static GByteArray *read_input(void)
{
	GByteArray *input = g_byte_array_new();
	guint8 buffer[16384];
	ssize_t n;

	while (input->len <= DOMAIN_MAX_BYTES) {
		n = read(STDIN_FILENO, buffer, sizeof buffer);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		g_byte_array_append(input, buffer, (guint)n);
	}
	return input;
}

static bool add_specs(struct settings *settings, const struct domain *domain, GError **error)
{
	for (guint i = 0; i + 1 < domain->specs->len; i += 2)
		if (!settings_set(settings, domain->specs->pdata[i], domain->specs->pdata[i + 1],
				error)) {
			g_prefix_error(error, "extra specs of flavor %s: ", domain->flavor);
			return false;
		}
	return true;
}

/* Half of what was asked for is not what was asked for: an error makes no file. */
static struct settings *settings_of(const struct domain *domain, GError **error)
{
	g_autoptr(settings_t) settings = settings_create();

	if (domain->flavor && (!flavors_apply(settings, variable("OSVDI_HOST_CONFIG", CONFIG),
			domain->flavor, error) || !add_specs(settings, domain, error)))
		return NULL;
	return g_steal_pointer(&settings);
}

static int prepare(const struct domain *domain, const char *folder, GError **error)
{
	g_autoptr(settings_t) settings = settings_of(domain, error);
	g_autofree char *text = NULL;

	if (!settings || settings_empty(settings))
		return guest_file_remove(folder, domain->uuid);
	text = settings_text(settings);
	return guest_file_write(folder, domain->uuid, text);
}

/* QEMU runs as a user who may make no file in the folder. False: *user is not known. */
static bool qemu_user(char **user, uid_t *uid)
{
	const char *path = variable("OSVDI_LIBVIRT_CONFIG", LIBVIRT_CONFIG);
	g_autofree char *config = NULL, *passwd = NULL;

	g_file_get_contents(path, &config, NULL, NULL);
	*user = host_qemu_user_in(config);
	return g_file_get_contents("/etc/passwd", &passwd, NULL, NULL) &&
			host_user_id(passwd, *user, uid);
}

static void handle_status(const char *guest, const char *uuid, bool start)
{
	const char *folder = variable("OSVDI_STATUS", STATUS);
	g_autofree char *user = NULL, *text = NULL;
	uid_t uid;
	int ret = 0;

	if (!start)
		ret = guest_file_take(folder, uuid);
	else if (qemu_user(&user, &uid))
		ret = guest_file_give(folder, uuid, uid);
	else
		text = g_strdup_printf("no status: there is no user %s", user);
	if (ret < 0)
		text = g_strdup_printf("no status: %s: %s", folder, g_strerror(-ret));
	if (text)
		say(LOG_WARNING, guest, text);
}

static void handle(const char *guest, bool start)
{
	const char *folder = variable("OSVDI_GUESTS", FOLDER);
	g_autoptr(GByteArray) input = read_input();
	g_autoptr(GError) error = NULL;
	struct domain domain;
	int ret = 0;

	if (domain_parse(&domain, (const char *)input->data, input->len, &error) && start)
		ret = prepare(&domain, folder, &error);
	else if (domain.uuid[0]) /* nothing of an earlier start stays */
		ret = guest_file_remove(folder, domain.uuid);
	if (domain.uuid[0])
		handle_status(guest, domain.uuid, start);
	if (error)
		say(LOG_ERR, guest, error->message);
	if (ret < 0) {
		g_autofree char *text = g_strdup_printf("%s: %s", folder, g_strerror(-ret));

		say(LOG_ERR, guest, text);
	}
	domain_finish(&domain);
}

int main(int argc, char **argv)
{
	never_fail();
	openlog("osvdi-libvirt-hook", LOG_PERROR, LOG_DAEMON);
	if (argc < 4) {
		syslog(LOG_ERR, "libvirt calls this program: osvdi-libvirt-hook GUEST OPERATION "
				"SUB-OPERATION EXTRA");
		return 0;
	}
	if (!strcmp(argv[2], "prepare") && !strcmp(argv[3], "begin"))
		handle(argv[1], true);
	else if (!strcmp(argv[2], "release") && !strcmp(argv[3], "end"))
		handle(argv[1], false);
	return 0;
}
