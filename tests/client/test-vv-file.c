/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target/vv-file.h"
#include "target/proxy.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <osvdi-common/vv-names.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECRET "s3cr3t-token"

static struct target *parse(const char *text, GError **error)
{
	return vv_parse(text, strlen(text), "debian12", error);
}

static struct target *good(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct target *target = parse(text, &error);

	g_assert_no_error(error);
	g_assert_nonnull(target);
	return target;
}

/* The error must name what is wrong and never repeat a value. */
static void bad(const char *text, const char *names)
{
	g_autoptr(GError) error = NULL;
	struct target *target = parse(text, &error);

	if (target)
		g_error("accepted: %s", text);
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, names));
	g_assert_null(strstr(error->message, SECRET));
}

static void test_all_keys(void)
{
	target_auto t = good(
			"[virt-viewer]\nversion=2.0\nversions=debian12:3.0;fedora22:99\n"
			"type=spice\nhost=desk.example\n"
			"port=5900\ntls-port=5901\nusername=alice\npassword=" SECRET
			"\ndisable-channels=usbredir;smartcard\n"
			"tls-ciphers=DEFAULT\ntitle=Desk of Alice\nfullscreen=1\n"
			"ca=-----BEGIN CERTIFICATE-----\\nMIID\\n-----END CERTIFICATE-----\\n\n"
			"host-subject=O=x,CN=desk\ntoggle-fullscreen=shift+f11\n"
			"release-cursor=ctrl+alt\ncolor-depth=16\n"
			"disable-effects=wallpaper;animation\nenable-smartcard=1\n"
			"enable-usbredir=0\nenable-usb-autoshare=1\n"
			"usb-filter=-1,-1,-1,-1,0\nsecure-channels=main;inputs;\n"
			"proxy=http://p:8080\n"
			"secure-attention=ctrl+alt+end\nzoom-in=ctrl+plus\n");

	g_assert_cmpint(t->kind, ==, TARGET_TCP);
	g_assert_cmpstr(t->host, ==, "desk.example");
	g_assert_cmpint(t->port, ==, 5900);
	g_assert_cmpint(t->tls_port, ==, 5901);
	g_assert_cmpstr(t->username, ==, "alice");
	g_assert_cmpstr(t->password, ==, SECRET);
	g_assert_cmpstr(t->title, ==, "Desk of Alice");
	g_assert_cmpint(t->fullscreen, ==, TARGET_YES);
	g_assert_cmpstr(t->ca, ==,
			"-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n");
	g_assert_cmpstr(t->host_subject, ==, "O=x,CN=desk");
	g_assert_cmpstr(t->tls_ciphers, ==, "DEFAULT");
	g_assert_cmpint(t->color_depth, ==, 16);
	g_assert_cmpint(t->smartcard, ==, TARGET_YES);
	g_assert_cmpint(t->usbredir, ==, TARGET_NO);
	g_assert_cmpint(t->usb_autoshare, ==, TARGET_YES);
	g_assert_cmpstr(t->usb_filter, ==, "-1,-1,-1,-1,0");
	g_assert_cmpstr(t->proxy->address, ==, "http://p:8080");
	g_assert_cmpuint(g_strv_length(t->secure_channels), ==, 2);
	g_assert_cmpstr(t->secure_channels[1], ==, "inputs");
	g_assert_cmpuint(g_strv_length(t->disable_channels), ==, 2);
	g_assert_cmpuint(g_strv_length(t->disable_effects), ==, 2);
	g_assert_cmpuint(g_hash_table_size(t->hotkeys), ==, 4);
	g_assert_cmpstr(g_hash_table_lookup(t->hotkeys, "release-cursor"), ==, "ctrl+alt");
	g_assert_cmpstr(t->label, ==, "desk.example:5901"); /* main is secure */
}

static void test_defaults(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\nhost=h\nport=1\ntls-port=-1\n");

	g_assert_cmpint(t->tls_port, ==, 0);
	g_assert_cmpint(t->fullscreen, ==, TARGET_UNSET);
	g_assert_null(t->password);
	g_assert_null(t->hotkeys);
}

static void test_unix(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\nunix-path=/run/x/spice.sock\n");

	g_assert_cmpint(t->kind, ==, TARGET_UNIX);
	g_assert_cmpstr(t->label, ==, "spice.sock");
	bad("[virt-viewer]\ntype=spice\nunix-path=/x\nhost=h\n", "unix-path");
	bad("[virt-viewer]\ntype=spice\nunix-path=x\n", "unix-path");
}

static void test_ciphers(void)
{
	static const char *const known[] = { "HIGH", "DEFAULT", "HIGH:!aNULL:!MD5",
		"ECDHE+AESGCM:nosuch", "" };
	static const char *const unknown[] = { "nosuch", "strong please", "HIGH:!HIGH" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(known); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n"
				"tls-port=1\ntls-ciphers=%s\n", known[i]);
		target_auto t = good(text);

		g_assert_cmpstr(t->tls_ciphers, ==, *known[i] ? known[i] : NULL);
	}
	for (i = 0; i < G_N_ELEMENTS(unknown); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n"
				"tls-port=1\ntls-ciphers=%s\n", unknown[i]);

		bad(text, "tls-ciphers");
	}
}

static void test_osvdi_group(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\ntitle=alice\n[osvdi]\nversion=1\n"
			"url=spice+wss://cloud.example:6082/spice_auto.html?token=" SECRET "\n"
			"server-uuid=05c7863a-0000-4000-8000-000000000001\n"
			"expires=2026-11-22T07:27:00Z\nca=PEM\nends=2026-11-22T07:28:00Z\n");

	g_assert_cmpint(t->kind, ==, TARGET_WEBSOCKET);
	g_assert_true(g_str_has_prefix(t->url, "wss://cloud.example:6082/"));
	g_assert_cmpstr(t->server_uuid, ==, "05c7863a-0000-4000-8000-000000000001");
	g_assert_cmpstr(t->resolve_name, ==, t->server_uuid);
	g_assert_cmpint(t->expires, ==, 1795332420);
	g_assert_cmpint(t->ends, ==, 1795332480);
	g_assert_cmpstr(t->ws_ca, ==, "PEM");
	g_assert_cmpstr(t->label, ==, "cloud.example");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice://h:1\n", "url");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice+ws://h/\nserver-uuid=zz\n",
			"server-uuid");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice+ws://h/\nexpires=tomorrow\n", "expires");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice+ws://h/\nends=later\n", "ends");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=1\n[osvdi]\nversion=2\n", "newer");
}

/* A file that stock viewers understand too. */
static void test_osvdi_group_and_proxy(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\nhost=desktop-id\nport=5900\n"
			"proxy=https://t:" SECRET "@gateway.example:443\n"
			"[osvdi]\nurl=spice+wss://t:" SECRET "@gateway.example/gw\n");

	g_assert_cmpint(t->kind, ==, TARGET_WEBSOCKET);
	g_assert_null(t->proxy);
	g_assert_cmpstr(t->label, ==, "gateway.example");
}

static void test_ovirt_note(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\nhost=h\nport=1\n[ovirt]\nhost=o\n"
			"sso-token=" SECRET "\n");

	g_assert_cmpuint(g_strv_length(t->notes), ==, 0);
	g_assert_cmpuint(g_strv_length(t->remarks), ==, 1);
	g_assert_nonnull(strstr(t->remarks[0], "oVirt"));
}

static void test_hostile(void)
{
	static const char nul[] = "[virt-viewer]\ntype=spice\0host=h\n";
	g_autofree char *big = g_strnfill(OSVDI_VV_MAX_BYTES + 1, 'a');
	g_autoptr(GError) error = NULL;

	bad("", "damaged");
	bad("[nothing]\nx=1\n", "virt-viewer");
	bad("[virt-viewer]\nhost=h\n", "type");
	bad("[virt-viewer]\ntype=vnc\nhost=h\nport=1\n", "vnc");
	bad("[virt-viewer]\ntype=spice\nport=1\n", "host");
	bad("[virt-viewer]\ntype=spice\nhost=h\n", "port");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=99999\n", "port");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=5900x\n", "port");
	bad("[virt-viewer]\ntype=spice\npassword " SECRET "\n", "damaged");
	g_assert_null(vv_parse(nul, sizeof nul - 1, NULL, &error));
	g_assert_nonnull(strstr(error->message, "binary"));
	g_clear_error(&error);
	g_assert_null(vv_parse(big, OSVDI_VV_MAX_BYTES + 1, NULL, &error));
	g_assert_nonnull(error);
}

/* Files that remote-viewer opens are opened; a value without a sense is told, or means no. */
static void test_values(void)
{
	static const struct {
		const char *line;
		int port, tls_port;
		enum target_bool fullscreen, usbredir;
		const char *note; /* or NULL */
	} cases[] = {
		{ "port=5900", 5900, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=5900 ", 5900, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=05930", 5930, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ntls-port=None", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ntls-port=", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ntls-port=-1", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ntls-port=0", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ntls-port=null", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=\ntls-port=2", 0, 2, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=None\ntls-port=2", 0, 2, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=x\ntls-port=2", 0, 2, TARGET_UNSET, TARGET_UNSET, "“port” (line 4)" },
		{ "port=1\nfullscreen=2", 1, 0, TARGET_YES, TARGET_UNSET, NULL },
		{ "port=1\nfullscreen=", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\nfullscreen=no", 1, 0, TARGET_NO, TARGET_UNSET, NULL },
		{ "port=1\nfullscreen=False", 1, 0, TARGET_NO, TARGET_UNSET, NULL },
		{ "port=1\nfullscreen=yes", 1, 0, TARGET_YES, TARGET_UNSET, NULL },
		{ "port=1\nfullscreen=maybe", 1, 0, TARGET_UNSET, TARGET_UNSET,
			"“fullscreen” (line 5)" },
		{ "port=1\nenable-usbredir=yes", 1, 0, TARGET_UNSET, TARGET_YES, NULL },
		{ "port=1\nenable-usbredir=maybe", 1, 0, TARGET_UNSET, TARGET_NO,
			"“enable-usbredir” (line 5)" },
		{ "port=1\ncolor-depth=24", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ncolor-depth=", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\ncolor-depth=many", 1, 0, TARGET_UNSET, TARGET_UNSET,
			"“color-depth” (line 5)" },
		{ "port=1\nsecure-attention=ctrl+alt+foo", 1, 0, TARGET_UNSET, TARGET_UNSET,
			"“secure-attention” (line 5)" },
		{ "port=1\nsecure-attention=", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\nsecure-channels=\ndisable-effects=\nusb-filter=\nnewer-version-url=", 1,
			0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "port=1\nwhatever=x", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ ";port=2\nport=1", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
		{ "  port = 1", 1, 0, TARGET_UNSET, TARGET_UNSET, NULL },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n%s\n",
				cases[i].line);
		target_auto t = NULL;

		g_test_message("%s", cases[i].line);
		t = good(text);
		g_assert_cmpint(t->port, ==, cases[i].port);
		g_assert_cmpint(t->tls_port, ==, cases[i].tls_port);
		g_assert_cmpint(t->fullscreen, ==, cases[i].fullscreen);
		g_assert_cmpint(t->usbredir, ==, cases[i].usbredir);
		g_assert_cmpuint(g_strv_length(t->notes), ==, cases[i].note ? 1 : 0);
		if (cases[i].note)
			g_assert_nonnull(strstr(t->notes[0], cases[i].note));
	}
}

/* A setting for safety that cannot be obeyed is refused, or the safest is done. */
static void test_safety(void)
{
	static const struct {
		const char *line, *says;
	} refused[] = {
		{ "port=1\ntls-port=59o1", "“tls-port” (line 5)" },
		{ "port=1\ntls-port=99999", "tls-port" },
		{ "port=5900x", "“port” (line 4)" },
		{ "port=1\nproxy=http://kvm:8000/websockify",
			"proxy is not understood: http://kvm:8000" },
		{ "port=1\nproxy=https://front:29876?token=" SECRET, "spice+wss" },
		{ "port=1\nproxy=socks5://u:" SECRET "@p", "proxy is not understood" },
		{ "port=1\npassword=\xfc" SECRET, "“password” (line 5) is not UTF-8" },
		{ "port=1\nhost-subject=\xfc", "host-subject" },
		{ "port=1\nsecure-channels=main", "“secure-channels” (line 5)" },
		{ "port=1\n[osvdi]\nexpires=soon", "“expires” (line 6)" },
	};
	static const struct {
		const char *list, *first;
		guint n;
	} channels[] = {
		{ "main;inputs;", "main", 2 },
		{ " main, inputs ,", "main", 2 },
		{ "smain;sinputs", "main", 2 },
		{ "MAIN", "main", 1 },
		{ "all", "all", 1 },
		{ "main;mian", "all", 1 },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n%s\n",
				refused[i].line);
		g_autofree char *shown = g_strescape(refused[i].line, NULL);

		g_test_message("%s", shown);
		bad(text, refused[i].says);
	}
	for (i = 0; i < G_N_ELEMENTS(channels); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n"
				"tls-port=1\nsecure-channels=%s\n", channels[i].list);
		target_auto t = good(text);

		g_assert_cmpuint(g_strv_length(t->secure_channels), ==, channels[i].n);
		g_assert_cmpstr(t->secure_channels[0], ==, channels[i].first);
	}
}

/* A backslash that starts no escape stands for itself, as remote-viewer has it. */
static void test_escapes(void)
{
	target_auto a = good("[virt-viewer]\ntype=spice\nhost=h\ntls-port=1\n"
			"host-subject=C=AU,O=Falcon\\, Inc,CN=x\n");
	target_auto b = good("[virt-viewer]\ntype=spice\nhost=h\ntls-port=1\n"
			"host-subject=C=AU,O=Falcon\\\\, Inc,CN=x\n");
	target_auto c = good("[virt-viewer]\ntype=spice\nhost=h\nport=1\npassword=a\\qb\n");

	g_assert_cmpstr(a->host_subject, ==, "C=AU,O=Falcon\\, Inc,CN=x");
	g_assert_cmpstr(b->host_subject, ==, "C=AU,O=Falcon\\, Inc,CN=x");
	g_assert_cmpstr(c->password, ==, "a\\qb");
}

static void test_types(void)
{
	target_free(good("[virt-viewer]\ntype=SPICE\nhost=h\nport=1\n"));
	target_free(good("[virt-viewer]\ntype=Spice \nhost=h\nport=1\n"));
	bad("[virt-viewer]\ntype=spiceconcurrent\nhost=h\nport=1\n", "“spiceconcurrent”");
	bad("[virt-viewer]\ntype=vnc\nhost=h\nport=1\n", "remote-viewer");
	bad("[virt-viewer]\ntype=rdp\nhost=h\nport=1\n", "Remmina");
}

/* As programs of Windows write files. */
static void test_encodings(void)
{
	static const char text[] = "[virt-viewer]\r\ntype=spice\r\nhost=h\r\nport=7\r\n"
			"title=H\xc3\xb6rsaal\r\n";
	static const struct {
		const char *encoding, *mark;
		gsize mark_size;
	} cases[] = {
		{ "UTF-8", "", 0 },
		{ "UTF-8", "\xef\xbb\xbf", 3 },
		{ "UTF-16LE", "\xff\xfe", 2 },
		{ "UTF-16BE", "\xfe\xff", 2 },
		{ "UTF-32LE", "\xff\xfe\0\0", 4 },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) file = g_string_new_len(cases[i].mark,
				(gssize)cases[i].mark_size);
		g_autoptr(GError) error = NULL;
		g_autofree char *encoded = NULL;
		target_auto t = NULL;
		gsize size;

		encoded = g_convert(text, -1, cases[i].encoding, "UTF-8", NULL, &size, &error);
		g_assert_no_error(error);
		g_string_append_len(file, encoded, (gssize)size);
		t = vv_parse(file->str, file->len, NULL, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(t->host, ==, "h");
		g_assert_cmpint(t->port, ==, 7);
		g_assert_cmpstr(t->title, ==, "H\xc3\xb6rsaal");
	}
}

static void test_bad_encodings(void)
{
	static const char unmarked[] = "[\0v\0i\0r\0t\0", odd[] = "\xff\xfe[\0v";
	target_auto latin = good("[virt-viewer]\ntype=spice\nhost=h\nport=1\ntitle=H\xf6rsaal\n");
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(latin->title, ==, "H\xef\xbf\xbdrsaal");
	g_assert_cmpuint(g_strv_length(latin->remarks), ==, 1);
	g_assert_null(vv_parse(unmarked, sizeof unmarked - 1, NULL, &error));
	g_assert_nonnull(strstr(error->message, "save it as UTF-8"));
	g_clear_error(&error);
	g_assert_null(vv_parse(odd, sizeof odd - 1, NULL, &error));
	g_assert_nonnull(error);
}

static void test_lines(void)
{
	bad("[virt-viewer]\ntype=spice\n\npassword " SECRET "\n", "line 4");
	bad("type=spice\n[virt-viewer]\n", "line 1");
	bad("# x\n[virt-viewer]\n=x\n", "line 3");
}

static void test_versions(void)
{
	static const char *const known[] = { "1", " 1 ", "0", "" };
	static const char *const newer[] = { "2", "99999999999", "99999999999999999999", "1.1",
		"1x", "v2", "-1", "0x1" };

	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n"
				"port=1\n[osvdi]\nversion=%s\n", known[i]);
		target_auto t = good(text);

		g_assert_cmpint(t->port, ==, 1);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(newer); i++) {
		g_autofree char *text = g_strdup_printf("[virt-viewer]\ntype=spice\nhost=h\n"
				"port=1\n[osvdi]\nversion=%s\n", newer[i]);

		bad(text, "newer");
	}
	g_assert_cmpint(vv_compare_versions("1.2", "1.10"), <, 0);
	g_assert_cmpint(vv_compare_versions("2.0-256", "2.0-128"), >, 0);
	g_assert_cmpint(vv_compare_versions("11", "11.0"), ==, 0);
	g_assert_cmpint(vv_compare_versions("a.b", "11.0"), ==, 0);
	bad("[virt-viewer]\nversion=99.0\nnewer-version-url=http://new.example\ntype=spice\n"
			"host=h\nport=1\n", "new.example");
	bad("[virt-viewer]\nversions=debian12:99.0\ntype=spice\nhost=h\nport=1\n", "newer");
	target_free(good("[virt-viewer]\nversions=debian1:99.0;debian123:99\ntype=spice\nhost=h\n"
			"port=1\n"));
}

static void test_delete_this_file(void)
{
	g_autofree char *dir = g_dir_make_tmp("vv-XXXXXX", NULL),
			*path = g_build_filename(dir, "a.vv", NULL);
	g_autofree char *other = g_build_filename(dir, "b.vv", NULL),
			*link = g_build_filename(dir, "c.vv", NULL);
	const char *text = "[virt-viewer]\ntype=spice\nhost=h\nport=1\ndelete-this-file=1\n";
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	target_free(vv_read_file(path, NULL));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	/* One that is refused may be for another program. */
	g_assert_true(g_file_set_contents(path,
			"[virt-viewer]\ntype=vnc\nhost=h\nport=1\ndelete-this-file=1\n", -1, NULL));
	g_assert_null(vv_read_file(path, &error));
	g_assert_nonnull(error);
	g_assert_cmpint(g_remove(path), ==, 0);
	/* A link's target is not ours to delete, nor the link. */
	g_assert_true(g_file_set_contents(other, text, -1, NULL));
	g_assert_cmpint(symlink(other, link), ==, 0);
	target_free(vv_read_file(link, NULL));
	g_assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
	g_remove(link);
	g_remove(other);
	g_rmdir(dir);
}

static void test_descriptor(void)
{
	const char *text = "[virt-viewer]\ntype=spice\nhost=h\nport=7\n";
	int fd = memfd_create("vv", 0);
	g_autofree char *path = g_strdup_printf("/dev/fd/%d", fd);
	g_autoptr(GError) error = NULL;
	struct target *target;

	g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
	target = vv_read_file(path, &error);
	g_assert_no_error(error);
	g_assert_cmpint(target->port, ==, 7);
	target_free(target);
	/* The descriptor was handed over: nobody else shall get it. */
	g_assert_cmpint(fcntl(fd, F_GETFD), ==, -1);
	g_assert_null(vv_read_fd(fd, &error));
	g_assert_nonnull(error);
}

static void test_missing(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(vv_read_file("/nonexistent/x.vv", &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vv/all-keys", test_all_keys);
	g_test_add_func("/vv/defaults", test_defaults);
	g_test_add_func("/vv/unix", test_unix);
	g_test_add_func("/vv/ciphers", test_ciphers);
	g_test_add_func("/vv/osvdi", test_osvdi_group);
	g_test_add_func("/vv/osvdi-and-proxy", test_osvdi_group_and_proxy);
	g_test_add_func("/vv/ovirt", test_ovirt_note);
	g_test_add_func("/vv/hostile", test_hostile);
	g_test_add_func("/vv/values", test_values);
	g_test_add_func("/vv/safety", test_safety);
	g_test_add_func("/vv/escapes", test_escapes);
	g_test_add_func("/vv/types", test_types);
	g_test_add_func("/vv/encodings", test_encodings);
	g_test_add_func("/vv/bad-encodings", test_bad_encodings);
	g_test_add_func("/vv/lines", test_lines);
	g_test_add_func("/vv/versions", test_versions);
	g_test_add_func("/vv/delete-this-file", test_delete_this_file);
	g_test_add_func("/vv/descriptor", test_descriptor);
	g_test_add_func("/vv/missing", test_missing);
	return g_test_run();
}
