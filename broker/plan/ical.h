/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PLAN_ICAL_H
#define OSVDI_BROKER_PLAN_ICAL_H

#include <glib.h>
#include <libical/ical.h>

/*
 * libical, loaded when a rule or a calendar is read first. With ICU, which it needs, it
 * takes more memory than all else that the broker does, and few calls need it.
 */
#define ICAL_CALLS(CALL) \
	CALL(component_free) \
	CALL(component_get_description) \
	CALL(component_get_first_component) \
	CALL(component_get_first_property) \
	CALL(component_get_next_component) \
	CALL(component_get_next_property) \
	CALL(component_get_status) \
	CALL(component_get_summary) \
	CALL(component_get_timezone) \
	CALL(component_get_uid) \
	CALL(component_isa) \
	CALL(durationtype_as_int) \
	CALL(error_clear_errno) \
	CALL(error_set_errors_are_fatal) \
	CALL(parameter_get_tzid) \
	CALL(parser_parse_string) \
	CALL(property_get_dtend) \
	CALL(property_get_dtstart) \
	CALL(property_get_duration) \
	CALL(property_get_exdate) \
	CALL(property_get_first_parameter) \
	CALL(property_get_rdate) \
	CALL(property_get_recurrenceid) \
	CALL(property_get_rrule) \
	CALL(property_get_value) \
	CALL(property_get_value_as_string) \
	CALL(property_get_x) \
	CALL(property_get_x_name) \
	CALL(property_get_xlicerror) \
	CALL(recur_iterator_free) \
	CALL(recur_iterator_new) \
	CALL(recur_iterator_next) \
	CALL(recurrencetype_from_string) \
	CALL(time_from_timet_with_zone) \
	CALL(time_is_date) \
	CALL(time_is_null_time) \
	CALL(time_is_utc) \
	CALL(time_null_time) \
	CALL(timezone_get_utc_offset_of_utc_time) \
	CALL(timezone_get_utc_timezone) \
	CALL(value_get_datetime)

#define ICAL_MEMBER(name) __typeof__(ical##name) *name;
struct ical_calls {
	ICAL_CALLS(ICAL_MEMBER)
};
#undef ICAL_MEMBER

/* Its functions: ical.component_free() is icalcomponent_free(). */
extern struct ical_calls ical;

/** To be called before any function of `ical`. Errors: BROKER_ERROR_FAILED: not installed. */
gboolean ical_load(GError **error);

#endif
