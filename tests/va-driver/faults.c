/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>
#include <va/va.h>

#include "counters.h"
#include "faults.h"

enum { ALL_RATE_CONTROLS = VA_RC_CQP | VA_RC_CBR | VA_RC_VBR | VA_RC_QVBR | VA_RC_ICQ };

struct faults faults = {
	.rate_controls = ALL_RATE_CONTROLS,
	.refuse_modifier = DRM_FORMAT_MOD_INVALID,
	.fail_end_picture_for = 1,
	.stall_ms = 1000,
};

static const struct {
	const char *key;
	_Atomic int64_t *value;
} number_keys[] = {
	{ "fail-end-picture", &faults.fail_end_picture },
	{ "fail-end-picture-for", &faults.fail_end_picture_for },
	{ "fail-lp-only", &faults.fail_lp_only },
	{ "fail-vpp", &faults.fail_vpp },
	{ "fail-create-surfaces", &faults.fail_create_surfaces },
	{ "fail-map-buffer", &faults.fail_map_buffer },
	{ "stall-job", &faults.stall_job },
	{ "stall-ms", &faults.stall_ms },
	{ "unhurried", &faults.unhurried },
	{ "hang-destroy", &faults.hang_destroy },
	{ "small-segments", &faults.small_segments },
	{ "refuse-import", &faults.refuse_import },
	{ "no-prime1", &faults.no_prime1 },
	{ "no-prime2", &faults.no_prime2 },
	{ "no-vpp", &faults.no_vpp },
	{ "no-lp", &faults.no_lp },
	{ "no-slice", &faults.no_slice },
	{ "no-decode", &faults.no_decode },
	{ "no-encode", &faults.no_encode },
	{ "no-sync-buffer", &faults.no_sync_buffer },
	{ "no-packed-headers", &faults.no_packed_headers },
	{ "no-dirty-rect", &faults.no_dirty_rect },
	{ "no-intra-refresh", &faults.no_intra_refresh },
	{ "no-roi", &faults.no_roi },
	{ "verify-dirty", &faults.verify_dirty },
	{ "udmabuf", &faults.udmabuf },
	{ "log", &faults.log },
};

static const struct {
	const char *name;
	int64_t bit;
} rc_names[] = {
	{ "cqp", VA_RC_CQP }, { "cbr", VA_RC_CBR }, { "vbr", VA_RC_VBR },
	{ "qvbr", VA_RC_QVBR }, { "icq", VA_RC_ICQ },
};

static void forget(void)
{
	for (size_t i = 0; i < sizeof(number_keys) / sizeof(number_keys[0]); i++)
		*number_keys[i].value = 0;
	faults.fail_end_picture_for = 1;
	faults.stall_ms = 1000;
	faults.rate_controls = ALL_RATE_CONTROLS;
	faults.refuse_modifier = DRM_FORMAT_MOD_INVALID;
}

/* rc=cqp+cbr */
static int parse_rate_controls(char *value, bool apply)
{
	int64_t mask = 0;
	char *save = NULL;

	for (char *name = strtok_r(value, "+", &save); name; name = strtok_r(NULL, "+", &save)) {
		size_t i = 0, n = sizeof(rc_names) / sizeof(rc_names[0]);

		while (i < n && strcmp(rc_names[i].name, name))
			i++;
		if (i == n)
			return -EINVAL;
		mask |= rc_names[i].bit;
	}
	if (!mask)
		return -EINVAL;
	if (apply)
		faults.rate_controls = mask;
	return 0;
}

static int parse_number(const char *value, int base, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, base);
	return errno || end == value || *end ? -EINVAL : 0;
}

static int parse_setting(char *setting, bool apply)
{
	char *value = strchr(setting, '=');
	int64_t number = 1;

	if (value)
		*value++ = 0;
	if (!strcmp(setting, "rc"))
		return value ? parse_rate_controls(value, apply) : -EINVAL;
	if (value && parse_number(value, 0, &number) < 0)
		return -EINVAL;
	if (!strcmp(setting, "refuse-modifier")) {
		if (apply)
			faults.refuse_modifier = (uint64_t)number;
		return value ? 0 : -EINVAL;
	}
	for (size_t i = 0; i < sizeof(number_keys) / sizeof(number_keys[0]); i++) {
		if (strcmp(number_keys[i].key, setting))
			continue;
		if (apply)
			*number_keys[i].value = number;
		return 0;
	}
	return -EINVAL;
}

static int parse_settings(const char *settings, bool apply)
{
	char *copy = strdup(settings), *save = NULL;
	int ret = copy ? 0 : -ENOMEM;

	if (!copy)
		return ret;
	for (char *s = strtok_r(copy, ",", &save); s && !ret; s = strtok_r(NULL, ",", &save))
		ret = parse_setting(s, apply);
	free(copy);
	return ret;
}

int soft_va_configure(const char *settings)
{
	int ret;

	if (!settings) {
		forget();
		return 0;
	}
	ret = parse_settings(settings, false);
	return ret ? ret : parse_settings(settings, true);
}

static void read_environment(void)
{
	const char *settings = getenv("SOFT_VA");

	if (settings && soft_va_configure(settings) < 0) {
		fprintf(stderr, "soft VA driver: SOFT_VA has an unknown setting: %s\n", settings);
		exit(2);
	}
}

void faults_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_environment);
}

bool fault_strikes(_Atomic int64_t *count)
{
	int64_t old = atomic_load(count);

	while (old > 0 && !atomic_compare_exchange_weak(count, &old, old - 1))
		;
	if (old != 1)
		return false;
	COUNTER(faults)++;
	return true;
}

bool fault_end_picture(bool low_power)
{
	if (faults.fail_lp_only && !low_power)
		return false;
	if (!fault_strikes(&faults.fail_end_picture))
		return false;
	if (faults.fail_end_picture_for != 1) {
		if (faults.fail_end_picture_for > 1)
			faults.fail_end_picture_for--;
		faults.fail_end_picture = 1;
	}
	return true;
}
