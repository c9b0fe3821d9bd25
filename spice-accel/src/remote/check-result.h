/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* A host believes nothing else of the messages of osvdi-encoder. */
#ifndef CHECK_RESULT_H
#define CHECK_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "remote/message.h"

/* Each returns NULL if the bytes are such a message, else what is wrong. None may come with a
 * descriptor. */
const char *check_ready(const void *bytes, size_t size, const struct message_hello *hello);
const char *check_log(const void *bytes, size_t size);
/* After NULL the result answers this job, each of its fields is in its range, and rectangles and
 * moves lie in the picture. The data in the area is not looked at. */
const char *check_result(const void *bytes, size_t size, const struct message_job *job);

#endif
