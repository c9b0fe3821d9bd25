/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vv-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
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
			"[virt-viewer]\nversion=2.0\nversions=debian12:3.0;fedora22:99\ntype=spice\nhost=desk.example\n"
			"port=5900\ntls-port=5901\nusername=alice\npassword=" SECRET "\ndisable-channels=usbredir;smartcard\n"
			"tls-ciphers=DEFAULT\ntitle=Desk of Alice\nfullscreen=1\n"
			"ca=-----BEGIN CERTIFICATE-----\\nMIID\\n-----END CERTIFICATE-----\\n\n"
			"host-subject=O=x,CN=desk\ntoggle-fullscreen=shift+f11\nrelease-cursor=ctrl+alt\ncolor-depth=16\n"
			"disable-effects=wallpaper;animation\nenable-smartcard=1\nenable-usbredir=0\nenable-usb-autoshare=1\n"
			"usb-filter=-1,-1,-1,-1,0\nsecure-channels=main;inputs;\nproxy=http://p:8080\n"
			"secure-attention=ctrl+alt+end\nzoom-in=ctrl+plus\n");

	g_assert_cmpint(t->kind, ==, TARGET_TCP);
	g_assert_cmpstr(t->host, ==, "desk.example");
	g_assert_cmpint(t->port, ==, 5900);
	g_assert_cmpint(t->tls_port, ==, 5901);
	g_assert_cmpstr(t->username, ==, "alice");
	g_assert_cmpstr(t->password, ==, SECRET);
	g_assert_cmpstr(t->title, ==, "Desk of Alice");
	g_assert_cmpint(t->fullscreen, ==, TARGET_YES);
	g_assert_cmpstr(t->ca, ==, "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n");
	g_assert_cmpstr(t->host_subject, ==, "O=x,CN=desk");
	g_assert_cmpstr(t->tls_ciphers, ==, "DEFAULT");
	g_assert_cmpint(t->color_depth, ==, 16);
	g_assert_cmpint(t->smartcard, ==, TARGET_YES);
	g_assert_cmpint(t->usbredir, ==, TARGET_NO);
	g_assert_cmpint(t->usb_autoshare, ==, TARGET_YES);
	g_assert_cmpstr(t->usb_filter, ==, "-1,-1,-1,-1,0");
	g_assert_cmpstr(t->proxy, ==, "http://p:8080");
	g_assert_cmpuint(g_strv_length(t->secure_channels), ==, 2);
	g_assert_cmpstr(t->secure_channels[1], ==, "inputs");
	g_assert_cmpuint(g_strv_length(t->disable_channels), ==, 2);
	g_assert_cmpuint(g_strv_length(t->disable_effects), ==, 2);
	g_assert_cmpuint(g_hash_table_size(t->hotkeys), ==, 4);
	g_assert_cmpstr(g_hash_table_lookup(t->hotkeys, "release-cursor"), ==, "ctrl+alt");
	g_assert_cmpstr(t->label, ==, "desk.example:5900");
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

static void test_osvdi_group(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\ntitle=alice\n[osvdi]\nversion=1\n"
			"url=spice+wss://cloud.example:6082/spice_auto.html?token=" SECRET "\n"
			"server-uuid=05c7863a-0000-4000-8000-000000000001\nexpires=2026-11-22T07:27:00Z\nca=PEM\n");

	g_assert_cmpint(t->kind, ==, TARGET_WEBSOCKET);
	g_assert_true(g_str_has_prefix(t->url, "wss://cloud.example:6082/"));
	g_assert_cmpstr(t->server_uuid, ==, "05c7863a-0000-4000-8000-000000000001");
	g_assert_cmpstr(t->resolve_name, ==, t->server_uuid);
	g_assert_cmpint(t->expires, ==, 1795332420);
	g_assert_cmpstr(t->ws_ca, ==, "PEM");
	g_assert_cmpstr(t->label, ==, "cloud.example");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice://h:1\n", "url");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice+ws://h/\nserver-uuid=zz\n", "server-uuid");
	bad("[virt-viewer]\ntype=spice\n[osvdi]\nurl=spice+ws://h/\nexpires=tomorrow\n", "expires");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=1\n[osvdi]\nversion=2\n", "newer");
}

static void test_ovirt_note(void)
{
	target_auto t = good("[virt-viewer]\ntype=spice\nhost=h\nport=1\n[ovirt]\nhost=o\nsso-token=" SECRET "\n");

	g_assert_cmpuint(g_strv_length(t->notes), ==, 1);
	g_assert_nonnull(strstr(t->notes[0], "oVirt"));
}

static void test_hostile(void)
{
	static const char nul[] = "[virt-viewer]\ntype=spice\0host=h\n";
	g_autofree char *big = g_strnfill(VV_MAX_BYTES + 1, 'a');
	g_autoptr(GError) error = NULL;

	bad("", "damaged");
	bad("[nothing]\nx=1\n", "virt-viewer");
	bad("[virt-viewer]\nhost=h\n", "type");
	bad("[virt-viewer]\ntype=vnc\nhost=h\nport=1\n", "vnc");
	bad("[virt-viewer]\ntype=spice\nport=1\n", "host");
	bad("[virt-viewer]\ntype=spice\nhost=h\n", "port");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=99999\n", "port");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=5900x\n", "port");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=1\ncolor-depth=24\n", "color-depth");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=1\nfullscreen=maybe\n", "fullscreen");
	bad("[virt-viewer]\ntype=spice\nhost=h\nport=1\npassword=" SECRET "\\q\n", "password");
	bad("[virt-viewer]\ntype=spice\npassword " SECRET "\n", "damaged");
	bad("[virt-viewer]\ntype=spice\nhost=\xff\xfe\nport=1\n", "");
	g_assert_null(vv_parse(nul, sizeof nul - 1, NULL, &error));
	g_assert_nonnull(strstr(error->message, "binary"));
	g_clear_error(&error);
	g_assert_null(vv_parse(big, VV_MAX_BYTES + 1, NULL, &error));
	g_assert_nonnull(error);
}

static void test_versions(void)
{
	g_assert_cmpint(vv_compare_versions("1.2", "1.10"), <, 0);
	g_assert_cmpint(vv_compare_versions("2.0-256", "2.0-128"), >, 0);
	g_assert_cmpint(vv_compare_versions("11", "11.0"), ==, 0);
	g_assert_cmpint(vv_compare_versions("a.b", "11.0"), ==, 0);
	bad("[virt-viewer]\nversion=99.0\nnewer-version-url=http://new.example\ntype=spice\nhost=h\nport=1\n", "new.example");
	bad("[virt-viewer]\nversions=debian12:99.0\ntype=spice\nhost=h\nport=1\n", "newer");
	target_free(good("[virt-viewer]\nversions=debian1:99.0;debian123:99\ntype=spice\nhost=h\nport=1\n"));
}

static void test_delete_this_file(void)
{
	g_autofree char *dir = g_dir_make_tmp("vv-XXXXXX", NULL), *path = g_build_filename(dir, "a.vv", NULL);
	g_autofree char *other = g_build_filename(dir, "b.vv", NULL), *link = g_build_filename(dir, "c.vv", NULL);
	const char *text = "[virt-viewer]\ntype=spice\nhost=h\nport=1\ndelete-this-file=1\n";

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	target_free(vv_read_file(path, NULL));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
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
	/* It was handed over: nobody else shall get it. */
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
	g_test_add_func("/vv/osvdi", test_osvdi_group);
	g_test_add_func("/vv/ovirt", test_ovirt_note);
	g_test_add_func("/vv/hostile", test_hostile);
	g_test_add_func("/vv/versions", test_versions);
	g_test_add_func("/vv/delete-this-file", test_delete_this_file);
	g_test_add_func("/vv/descriptor", test_descriptor);
	g_test_add_func("/vv/missing", test_missing);
	return g_test_run();
}
