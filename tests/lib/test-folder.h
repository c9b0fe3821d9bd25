/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_TEST_FOLDER_H
#define OSVDI_TEST_FOLDER_H

/* Removes a folder and the files in it; the test fails where a file or the folder stays. */
void test_folder_remove(const char *path);

#endif
