# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A plan of one class, as a calendar: its times are given to the second, in UTC."""
import time


def at(seconds):
    """As the metadata of a plan's desktops tell a time."""
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


def write(path, begin, minutes, keys):
    """keys: of the class; one that is None is left out."""
    keys = {k: v for k, v in keys.items() if v is not None}
    with open(path, 'w', newline='', encoding='utf-8') as f:
        f.write('\r\n'.join([
            'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//test//EN', 'BEGIN:VEVENT',
            'UID:a@b', 'DTSTAMP:20260101T000000Z',
            'DTSTART:' + time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(begin)),
            'DURATION:PT%dM' % minutes,
            *['X-OSVDI-%s:%s' % (k.upper(), v) for k, v in keys.items()],
            'END:VEVENT', 'END:VCALENDAR', '']))
