/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VV_VALUES_H
#define OSVDI_VV_VALUES_H

#include "target/target.h"

#define VV_GROUP "virt-viewer"

/* The values of a connection file while it is read. Errors name the key and
 * its line, never a value that may be a secret. */
struct vv_values {
	GKeyFile *file;
	const char *text;     /* the same, UTF-8 */
	gboolean mended;      /* letters of another encoding were replaced in it */
	GStrvBuilder *notes;  /* for the user */
	GStrvBuilder *remarks;
};

/* FALSE with an error: "The connection file's “KEY” (line N) WHY." */
gboolean vv_bad(const struct vv_values *v, const char *group, const char *key, const char *why, GError **error);
/* The same as a note: the value goes unused, the file does not. */
void vv_note(const struct vv_values *v, const char *key, const char *why);

/* Left alone when the key is missing or empty. A backslash that starts no
 * escape stands for itself, as with remote-viewer. */
gboolean vv_get_text(const struct vv_values *v, const char *group, const char *key, char **value, GError **error);
/* For people only: replaced letters do no harm. */
gboolean vv_get_title(const struct vv_values *v, const char *key, char **value, GError **error);

/* -1, 0, nothing and "None" are none. */
gboolean vv_get_port(const struct vv_values *v, const char *key, int *port, GError **error);

/* Numbers and words; fallback: for what is neither, with a note. */
void vv_get_flag(const struct vv_values *v, const char *key, enum target_bool *flag, enum target_bool fallback);

/* Separated by ";" or ",", without blanks and empty parts. */
void vv_get_list(const struct vv_values *v, const char *key, GStrv *list);

void vv_get_depth(const struct vv_values *v, int *depth);

/* The number of the first line that is neither a group, a key nor a comment; 0: none. */
guint vv_bad_line(const char *text);

#endif
