/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_FAULTS_H
#define SOFT_VA_FAULTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The settings of README.md. Numbers that count calls run down to 0: the
 * fault strikes when the count goes from 1 to 0; 0 is off. */
struct faults {
	_Atomic int64_t fail_end_picture;
	_Atomic int64_t fail_end_picture_for; /* this many in a row, < 0: for ever */
	_Atomic int64_t fail_lp_only; /* fail_end_picture counts EncSliceLP alone */
	_Atomic int64_t fail_vpp;
	_Atomic int64_t fail_create_surfaces;
	_Atomic int64_t fail_map_buffer;
	_Atomic int64_t stall_job; /* the n-th job of the engine waits */
	_Atomic int64_t stall_ms;
	_Atomic int64_t unhurried; /* time-outs take no time, and only stalls have them */
	_Atomic int64_t hang_destroy; /* vaDestroyContext() waits for the end of this setting */
	_Atomic int64_t small_segments; /* one coded segment a NAL unit */
	_Atomic int64_t refuse_import;
	_Atomic int64_t no_prime1, no_prime2;
	_Atomic int64_t no_vpp, no_lp, no_slice, no_decode, no_encode;
	_Atomic int64_t no_sync_buffer;
	_Atomic int64_t no_packed_headers;
	_Atomic int64_t no_dirty_rect, no_intra_refresh, no_roi;
	_Atomic int64_t verify_dirty;
	_Atomic int64_t udmabuf;
	_Atomic int64_t log;
	_Atomic int64_t rate_controls; /* VA_RC_* bits */
	_Atomic uint64_t refuse_modifier; /* DRM_FORMAT_MOD_INVALID: none */
};

extern struct faults faults;

/** Reads $SOFT_VA once. */
void faults_init(void);

/** Counts one call down; true when the fault strikes now. */
bool fault_strikes(_Atomic int64_t *count);

/** True while vaEndPicture of an encoder has to fail. */
bool fault_end_picture(bool low_power);

#endif
