/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VV_VALUES_H
#define OSVDI_VV_VALUES_H

#include "target/target.h"

#define VV_GROUP "virt-viewer"

/* The values of a connection file that is being read. Errors name the key and its line,
 * but never a value that may be a secret. */
struct vv_values {
	GKeyFile *file;
	const char *text;     /* the text of the file, UTF-8 */
	gboolean mended;      /* letters of another encoding were replaced in the text */
	GStrvBuilder *notes;  /* see struct target */
	GStrvBuilder *remarks;
};

/* Returns FALSE with an error: "The connection file's “KEY” (line N) WHY." */
gboolean vv_bad(const struct vv_values *v, const char *group, const char *key, const char *why,
		GError **error);
/* Adds a note with the same text: the value is ignored, the file is still used. */
void vv_note(const struct vv_values *v, const char *key, const char *why);

/* Reads a string. *value stays as it is if the key is missing, and becomes NULL if the value
 * is empty. A backslash that starts no escape stands for itself, as in remote-viewer. */
gboolean vv_get_text(const struct vv_values *v, const char *group, const char *key, char **value,
		GError **error);
/* Reads a string that is only shown, so that replaced letters do no harm. */
gboolean vv_get_title(const struct vv_values *v, const char *key, char **value, GError **error);

/* Reads a port; see target_port_parse(). */
gboolean vv_get_port(const struct vv_values *v, const char *key, int *port, GError **error);

/* Reads a flag, which may be a number or a word. Any other value adds a note and counts as
 * the fallback. */
void vv_get_flag(const struct vv_values *v, const char *key, enum target_bool *flag,
		enum target_bool fallback);

/* Reads a list whose parts are separated by ";" or ",". Drops blanks and empty parts. */
void vv_get_list(const struct vv_values *v, const char *key, GStrv *list);

void vv_get_depth(const struct vv_values *v, int *depth);

/* The number of the first line that is neither a group, a key nor a comment; 0 if there is
 * no such line. */
guint vv_bad_line(const char *text);

#endif
