/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/qemu-conf.h"
#include "check/host.h"
#include "domain.h"
#include "flavors.h"
#include "guest-file.h"
#include "settings.h"

/* The parts of the hook and of osvdi-host, without libvirt. */

#define UUID "6d2a2c1e-0b6f-4a8a-9a3f-1f7c8f4c2e03"
#define NOVA "xmlns:nova=\"http://openstack.org/xmlns/libvirt/nova/1.1\""

static char *folder;

static char *in_folder(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

/* ---- the domain's XML ----------------------------------------------------- */

/* XML, and the flavor and first extra spec that are read; or words of the error. */
static void test_domains(void)
{
	static const struct {
		const char *xml, *flavor, *spec, *error;
	} cases[] = {
		{ "<domain><uuid> " UUID " </uuid></domain>", NULL, NULL, NULL },
		{ "<domain><uuid>6D2A2C1E-0B6F-4A8A-9A3F-1F7C8F4C2E03</uuid></domain>", NULL, NULL,
			NULL },
		{ "<domain><uuid>" UUID "</uuid><metadata><nova:instance " NOVA "><nova:flavor "
			"name=\"gpu\"><nova:extraSpecs><nova:extraSpec name=\"hw:x\">1"
			"</nova:extraSpec><nova:extraSpec name=\"osvdi:heads\">2"
			"</nova:extraSpec></nova:extraSpecs></nova:flavor></nova:instance>"
			"</metadata></domain>", "gpu", "heads", NULL },
		/* The user's own elements, of another name space or of none */
		{ "<domain><uuid>" UUID "</uuid><metadata><instance><flavor name=\"gpu\"/>"
			"</instance></metadata></domain>", NULL, NULL, NULL },
		{ "<domain><uuid>" UUID "</uuid><metadata><nova:instance "
			"xmlns:nova=\"http://evil/\"><nova:flavor name=\"gpu\"/></nova:instance>"
			"</metadata></domain>", NULL, NULL, NULL },
		{ "<domain><uuid>../../../../etc/passwd-and-some-more</uuid></domain>", NULL, NULL,
			"no UUID" },
		{ "<domain><uuid>6d2a2c1e-0b6f-4a8a-9a3f-1f7c8f4c2e0g</uuid></domain>", NULL, NULL,
			"no UUID" },
		{ "<domain><uuid>6d2a2c1e00b6f-4a8a-9a3f-1f7c8f4c2e03</uuid></domain>", NULL, NULL,
			"no UUID" },
		{ "<domain/>", NULL, NULL, "no UUID" },
		{ "<domain xmlns=\"x\"><uuid>" UUID "</uuid></domain>", NULL, NULL, "no domain" },
		{ "<network><uuid>" UUID "</uuid></network>", NULL, NULL, "no domain" },
		{ "<!DOCTYPE d [<!ENTITY a \"b\">]><domain/>", NULL, NULL, "document type" },
		{ "<domain><uuid>" UUID "</uuid>", NULL, NULL, "not well-formed" },
		{ "<domain><uuid>\xff</uuid></domain>", NULL, NULL, "not well-formed" },
		{ "text", NULL, NULL, "not well-formed" },
		{ "", NULL, NULL, "no XML" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *shown = g_strescape(cases[i].xml, "\"");
		struct domain d;
		bool ok = domain_parse(&d, cases[i].xml, strlen(cases[i].xml), &error);

		g_test_message("%s", shown);
		g_assert_cmpint(ok, ==, !cases[i].error);
		if (ok) {
			g_assert_cmpstr(d.uuid, ==, UUID);
			g_assert_cmpstr(d.flavor, ==, cases[i].flavor);
			g_assert_cmpstr(d.specs->len ? d.specs->pdata[0] : NULL, ==, cases[i].spec);
		} else {
			g_assert_nonnull(strstr(error->message, cases[i].error));
			g_assert_cmpstr(d.uuid, ==, "");
		}
		domain_finish(&d);
	}
}

static void test_large_domains(void)
{
	g_autofree char *large = g_strnfill(DOMAIN_MAX_BYTES + 1, ' ');
	g_autoptr(GString) many = g_string_new("<domain><uuid>" UUID "</uuid><metadata>"
			"<nova:instance " NOVA "><nova:flavor name=\"f\"><nova:extraSpecs>");
	g_autoptr(GError) error = NULL;
	struct domain d;

	g_assert_false(domain_parse(&d, large, DOMAIN_MAX_BYTES + 1, &error));
	g_assert_nonnull(strstr(error->message, "longer than 1 MiB"));
	domain_finish(&d);
	g_clear_error(&error);
	for (int i = 0; i < 129; i++)
		g_string_append(many, "<nova:extraSpec name=\"osvdi:a\">1</nova:extraSpec>");
	g_string_append(many, "</nova:extraSpecs></nova:flavor></nova:instance></metadata>"
			"</domain>");
	g_assert_false(domain_parse(&d, many->str, many->len, &error));
	g_assert_nonnull(strstr(error->message, "too many extra specs"));
	domain_finish(&d);
}

/* ---- settings ------------------------------------------------------------- */

static void test_values(void)
{
	g_autofree char *longest = g_strnfill(256, 'x'), *longer = g_strnfill(257, 'x');
	const struct {
		const char *name, *value;
		bool ok;
	} cases[] = {
		{ "bitrate", "20000", true },
		{ "bitrate", " 20000\n", true }, /* blanks around it */
		{ "a-1", "\303\244", true },
		{ "a", longest, true },
		{ "a", longer, false },
		{ "a", "", false },
		{ "a", "  ", false },
		{ "a", "1\n[displays]\nvgpu=on", false },
		{ "a", "\xff", false },
		{ "a", "x\ty", false },
		{ "", "1", false },
		{ "1a", "1", false },
		{ "A", "1", false },
		{ "a=b", "1", false },
		{ "a]", "1", false },
		{ "abcdefghijklmnopqrstuvwxyz0123456", "1", false },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(settings_t) s = settings_create();
		g_autoptr(GError) error = NULL;

		g_assert_true(settings_empty(s));
		g_assert_cmpint(settings_set(s, cases[i].name, cases[i].value, &error), ==,
				cases[i].ok);
		g_assert_cmpint(settings_empty(s), ==, !cases[i].ok);
		g_assert_cmpint(error != NULL, ==, !cases[i].ok);
	}
}

static void test_text(void)
{
	g_autoptr(settings_t) s = settings_create();
	g_autofree char *text = NULL;

	g_assert_true(settings_set(s, "vgpu", "on", NULL));
	g_assert_true(settings_set(s, "bitrate", "1", NULL));
	g_assert_true(settings_set(s, "bitrate", "2", NULL)); /* the last counts */
	g_assert_true(settings_set(s, "a", "b\\n", NULL));
	text = settings_text(s);
	g_assert_nonnull(strstr(text, "\n[spice-accel]\na=b\\\\n\nbitrate=2\n"
			"[displays]\nvgpu=on\n"));
	for (int i = 3; i < 64; i++) {
		g_autofree char *name = g_strdup_printf("n%d", i);

		g_assert_true(settings_set(s, name, "1", NULL));
	}
	g_assert_false(settings_set(s, "one-too-many", "1", NULL));
	g_assert_true(settings_set(s, "a", "again", NULL));
}

/* A file of flavors, the flavor's name, and the settings; or words of the error. */
static void test_flavors(void)
{
	static const struct {
		const char *file, *flavor, *wanted, *error;
	} cases[] = {
		{ "[flavor gpu-*]\nbitrate=1\n", "gpu-large", "bitrate=1\n", NULL },
		{ "[flavor gpu-*]\nbitrate=1\n", "small", NULL, NULL },
		{ "[flavor a]\nbitrate=1\n[flavor *]\nbitrate=2\n", "a", "bitrate=1\n", NULL },
		{ "[flavor a]\nbitrate=1\n[flavor *]\nbitrate=2\n", "b", "bitrate=2\n", NULL },
		{ "[flavor [ab]]\nbitrate=1\n", "[ab]", NULL, "" }, /* a ] ends the group */
		{ "[other]\nbitrate=1\n", "other", NULL, NULL },
		{ "[flavor a]\nBitrate=1\n", "a", NULL, "[flavor a]: a setting's name" },
		{ "[flavor a]\nbitrate=\n", "a", NULL, "[flavor a]: bitrate: a value" },
		{ "[flavor a]\nbitrate=1\xff\n", "a", NULL, "[flavor a]: " },
		{ "[flavor a]\nbitrate=1\\q\n", "a", NULL, "[flavor a]: " },
		{ "[flavor a]\nbitrate=1\\\n", "a", NULL, "[flavor a]: " },
		{ "[flavor a]\nencoder=\\q\nbitrate=\n", "a", NULL, "[flavor a]: " },
		{ "[flavor a]\nbitrate=\\s1\\n\n", "a", "bitrate=1\n", NULL },
		{ "bitrate=1\n", "a", NULL, "flavors.conf: " },
		{ "", "a", NULL, NULL },
	};
	g_autofree char *path = in_folder("flavors.conf");

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(settings_t) s = settings_create();
		g_autoptr(GError) error = NULL;
		g_autofree char *text = NULL;
		bool ok;

		g_assert_true(g_file_set_contents(path, cases[i].file, -1, NULL));
		ok = flavors_apply(s, path, cases[i].flavor, &error);
		g_test_message("case %zu: %s", i, error ? error->message : "taken");
		g_assert_cmpint(ok, ==, !cases[i].error);
		g_assert_cmpint(ok, ==, !error);
		g_assert_true(ok || strstr(error->message, cases[i].error));
		text = settings_text(s);
		if (cases[i].wanted)
			g_assert_nonnull(strstr(text, cases[i].wanted));
		else
			g_assert_true(settings_empty(s));
	}
	g_remove(path);
}

static void test_no_flavors(void)
{
	g_autofree char *missing = in_folder("no-such-file");
	g_autoptr(settings_t) s = settings_create();
	g_autoptr(GError) error = NULL;

	g_assert_true(flavors_apply(s, missing, "a", NULL));
	g_assert_true(settings_empty(s));
	g_assert_false(flavors_apply(s, folder, "a", &error));
	g_assert_true(g_str_has_prefix(error->message, folder));
}

/* ---- the guest's file ----------------------------------------------------- */

static void assert_contents(const char *path, const char *wanted)
{
	g_autofree char *text = NULL;
	struct stat st;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, wanted);
	g_assert_true(!lstat(path, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0644);
}

static void test_guest_file(void)
{
	g_autofree char *run = in_folder("run"), *file = g_build_filename(run, UUID ".conf", NULL);
	g_autofree char *half = g_build_filename(run, "." UUID ".new", NULL);
	g_autofree char *other = in_folder("other");

	g_assert_cmpint(guest_file_remove(run, UUID), ==, 0); /* no folder yet */
	g_assert_cmpint(guest_file_write(run, UUID, "first"), ==, 0);
	assert_contents(file, "first");
	/* The rest of a killed hook, and a link that somebody laid, are replaced. */
	g_assert_true(g_file_set_contents(half, "cut off", -1, NULL));
	g_assert_true(g_file_set_contents(other, "mine", -1, NULL));
	g_remove(file);
	g_assert_cmpint(symlink(other, file), ==, 0);
	g_assert_cmpint(guest_file_write(run, UUID, "second"), ==, 0);
	assert_contents(file, "second");
	g_assert_false(g_file_test(half, G_FILE_TEST_EXISTS));
	g_assert_cmpint(guest_file_remove(run, UUID), ==, 0);
	g_assert_cmpint(guest_file_remove(run, UUID), ==, 0);
	g_assert_cmpint(g_rmdir(run), ==, 0); /* it is empty */
	g_assert_cmpint(g_remove(other), ==, 0);
}

/* Folders that the hook does not write into. */
static void test_guest_folders(void)
{
	g_autofree char *open = in_folder("open"), *link = in_folder("link");
	g_autofree char *file = in_folder("file");

	g_assert_true(!g_mkdir(open, 0755) && !g_chmod(open, 0775));
	g_assert_cmpint(guest_file_write(open, UUID, "x"), ==, -EPERM);
	g_assert_cmpint(guest_file_remove(open, UUID), ==, -EPERM);
	g_assert_cmpint(symlink(open, link), ==, 0);
	g_assert_true(!g_chmod(open, 0755));
	g_assert_cmpint(guest_file_write(link, UUID, "x"), <, 0);
	g_assert_true(g_file_set_contents(file, "", 0, NULL));
	g_assert_cmpint(guest_file_write(file, UUID, "x"), <, 0);
	g_remove(link);
	g_remove(file);
	g_assert_cmpint(g_rmdir(open), ==, 0);
}

/* ---- osvdi-host ----------------------------------------------------------- */

/* A file of settings, a group and a key, and the value. */
static void test_host_settings(void)
{
	static const struct {
		const char *text, *group, *key, *value;
	} cases[] = {
		{ "a = 1\n[g]\n", "g", "a", NULL },
		{ "[g]\na=\"x y\"\n", "g", "a", "x y" },
		{ "[g]\na = \"\n", "g", "a", "\"" },
		{ "[g]\na = 1\na = 2\n", "g", "a", "2" },
		{ "[g]\na = 1\n[h]\n[g]\na = 2\n", "g", "a", "2" },
		{ "[g]\n#a = 1\n", "g", "a", NULL },
		{ "[g]\nab = 1\n", "g", "a", NULL },
		{ "[g]\na 1\n", "g", "a", NULL },
		/* Neither Nova nor GLib knows a comment behind a value. */
		{ "[g]\na = 1 # b\n", "g", "a", "1 # b" },
		{ "[g]\na=1\n", "g", "a", "1" },
		{ " [g] \n  a = 1  \n[h]\na=2\n", "g", "a", "1" },
		{ "[gg]\na=1\n", "g", "a", NULL },
		{ "[]\na=1\n", "g", "a", NULL },
		{ "[g]\na=\n", "g", "a", "" },
		{ "", "g", "a", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *value = host_setting(cases[i].text, cases[i].group, cases[i].key);

		g_assert_cmpstr(value, ==, cases[i].value);
	}
}

/* The text of qemu.conf, and the elements of "a", each behind a "|"; a list has "[]" first. */
static void test_qemu_conf(void)
{
	static const struct {
		const char *text, *values;
	} cases[] = {
		{ "a = 1\n", "|1" },
		{ "a = 1", "|1" },
		{ "\t a=-7\r\n", "|-7" },
		{ "a = +1", "|+1" },
		{ "a = \"x y\"\n", "|x y" },
		{ "a = 'x \"y\"'\n", "|x \"y\"" },
		{ "a = \"it's\"\n", "|it's" },
		{ "a = \"\"\n", "|" },
		{ "a = \"\"\"two\nlines\"\"\"\n", "|two\nlines" },
		/* comments */
		{ "a = 1 # why\n", "|1" },
		{ "a = 1# why\n", "|1" },
		{ "a = \"x\" # \"y\"\n", "|x" },
		{ "a = \"x # y\" # z\n", "|x # y" },
		{ "#a = 1\n", NULL },
		{ "# a\n\n  # b\na = 2\n", "|2" },
		/* the first one counts; other names do not */
		{ "a = 1\na = 2\n", "|1" },
		{ "ab = 1\nba = 2\n_a = 3\n", NULL },
		{ "b = 1; a = 2\n", "|2" },
		{ "b = \"a = 1\"\n", NULL },
		{ "b = \"\"\"\na = 1\n\"\"\"\na = 2\n", "|2" },
		/* lists */
		{ "a = [ \"x\", 'y', 3 ]\n", "[]|x|y|3" },
		{ "a = [\n  \"x\", # one\n# \"no\",\n  \"y\",\n]\n", "[]|x|y" },
		{ "a = []\n", "[]" },
		{ "a = [ ]\na = 1\n", "[]" },
		{ "b = [ \"a\", 1 ]\na = 2\n", "|2" },
		/* what is no value */
		{ "a = \n", NULL },
		{ "a = \"x\n", NULL },
		{ "a = \"x\nb = \"y\"\na = 3\n", "|3" },
		{ "a = \"\"\"x\n", NULL },
		{ "a = word\na = 2\n", "|2" },
		{ "a = --1\n", NULL },
		{ "a = [ \"x\" \"y\" ]\n", NULL },
		{ "a = [ \"x\"", NULL },
		{ "a = [ [ 1 ] ]\n", NULL },
		{ "a 1\n", NULL },
		{ "= 1\na = 2\n", "|2" },
		{ "a\n= 1\n", NULL },
		{ "a", NULL },
		{ "a =", NULL },
		{ "'", NULL },
		{ "", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) values = qemu_conf_values(cases[i].text, "a");
		g_autofree char *one = qemu_conf_value(cases[i].text, "a");
		g_autoptr(GString) all = g_string_new(values && !one ? "[]" : "");
		g_autofree char *shown = g_strescape(cases[i].text, NULL);

		g_test_message("%s", shown);
		for (char **value = values; value && *value; value++)
			g_string_append_printf(all, "|%s", *value);
		g_assert_cmpstr(values ? all->str : NULL, ==, cases[i].values);
		if (one)
			g_assert_cmpstr(one, ==, values[0]);
	}
}

/* Whom QEMU runs as, by qemu.conf. */
static void test_qemu_user(void)
{
	static const struct {
		const char *config, *user;
	} cases[] = {
		{ NULL, "libvirt-qemu" },
		{ "", "libvirt-qemu" },
		{ "#user = \"root\"\n", "libvirt-qemu" },
		{ "user = \"desks\" # not root\n", "desks" },
		{ "user = 'desks'\n", "desks" },
		{ "user = \"+107\"\n", "+107" },
		{ "user = \"first\"\nuser = \"second\"\n", "first" },
		{ "user = [ \"desks\" ]\n", "libvirt-qemu" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *user = host_qemu_user_in(cases[i].config);

		g_assert_cmpstr(user, ==, cases[i].user);
	}
}

/* A user by name or number, in libvirt's ways. */
static void test_user_id(void)
{
	static const char passwd[] = "root:x:0:0::/:/bin/sh\nshort:x\ndesks:x:107:1::/:/bin/sh\n"
			"odd:x:many:1::/:/bin/sh\n42:x:7:1::/:/bin/sh\n";
	static const struct {
		const char *user;
		bool ok;
		uid_t uid;
	} cases[] = {
		{ "desks", true, 107 },
		{ "root", true, 0 },
		{ "108", true, 108 },
		{ "+108", true, 108 },
		{ "42", true, 7 }, /* a name that is a number */
		{ "+42", true, 42 },
		{ "odd", false, 0 },
		{ "short", false, 0 },
		{ "nobody-here", false, 0 },
		{ "", false, 0 },
		{ "+", false, 0 },
		{ "-1", false, 0 },
		{ "++1", false, 0 },
		{ "4294967294", true, 4294967294 },
		{ "4294967295", false, 0 }, /* (uid_t)-1 changes no owner */
		{ "4294967296", false, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		uid_t uid = 0;

		g_test_message("%s", cases[i].user);
		g_assert_cmpint(host_user_id(passwd, cases[i].user, &uid), ==, cases[i].ok);
		g_assert_cmpuint(uid, ==, cases[i].uid);
	}
}

static void put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void drop(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_cmpint(g_remove(path), ==, 0);
}

static void test_root(void)
{
	g_autofree char *read = NULL, *user = NULL, *where = NULL;
	g_autoptr(GPtrArray) found = NULL;

	host_set_root(folder);
	g_assert_false(host_is_running());
	put("etc/libvirt/qemu.conf", "user = \"desks\"\n");
	put("etc/libvirt/other.conf", "");
	where = host_path("/etc/libvirt/qemu.conf");
	g_assert_true(g_str_has_prefix(where, folder));
	read = host_read("/etc/libvirt/qemu.conf");
	g_assert_cmpstr(read, ==, "user = \"desks\"\n");
	g_assert_null(host_read("/etc/libvirt/none.conf"));
	g_assert_true(host_exists("/etc/libvirt") && !host_exists("/etc/libvirt/none.conf"));
	found = host_glob("/etc/libvirt/*.conf");
	g_assert_cmpint(found->len, ==, 2);
	g_assert_cmpstr(found->pdata[0], ==, "/etc/libvirt/other.conf");
	user = host_qemu_user();
	g_assert_cmpstr(user, ==, "desks");
	drop("etc/libvirt/qemu.conf");
	drop("etc/libvirt/other.conf");
	drop("etc/libvirt");
	drop("etc");
	host_set_root("");
	g_assert_true(host_is_running());
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("host-XXXXXX", NULL);
	g_test_add_func("/domain/cases", test_domains);
	g_test_add_func("/domain/large", test_large_domains);
	g_test_add_func("/settings/values", test_values);
	g_test_add_func("/settings/text", test_text);
	g_test_add_func("/flavors/cases", test_flavors);
	g_test_add_func("/flavors/none", test_no_flavors);
	g_test_add_func("/guest-file/write", test_guest_file);
	g_test_add_func("/guest-file/folders", test_guest_folders);
	g_test_add_func("/host/settings", test_host_settings);
	g_test_add_func("/host/qemu-conf", test_qemu_conf);
	g_test_add_func("/host/qemu-user", test_qemu_user);
	g_test_add_func("/host/user-id", test_user_id);
	g_test_add_func("/host/root", test_root);
	result = g_test_run();
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
	return result;
}
