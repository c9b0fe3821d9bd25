#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Summarise osvdi-viewer's --stats-file, or the figures of the page for browsers: frames,
rates and latency."""

import argparse
import json
import sys


def percentile(ordered, fraction):
    """The value that `fraction` of the sorted values do not exceed (nearest rank)."""
    rank = max(1, -(-len(ordered) * fraction // 1))
    return ordered[int(rank) - 1]


def read_frames(lines):
    """Frames of a stats file, and how many of its lines could not be read."""
    frames, bad = [], 0
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            bad += 1
            continue
        if not isinstance(entry, dict):
            bad += 1
        elif 'event' not in entry:
            frames.append(entry)
    return frames, bad


def number(frame, key):
    """A time of a frame, or None where it is unknown."""
    value = frame.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value or None


def interval(frames, start, end):
    """Milliseconds between two times of each frame that has both, sorted."""
    pairs = ((number(f, start), number(f, end)) for f in frames)
    return sorted((b - a) / 1000 for a, b in pairs if a is not None and b is not None)


def source_to_presented(frames):
    """Milliseconds from the capture at the server to the screen, sorted.

    The capture time is the server's clock; clock_offset_us (server - viewer)
    makes it comparable. Without it both are taken to be one machine's clock.
    """
    result = []
    for frame in frames:
        capture, shown = number(frame, 'capture_us'), number(frame, 'presented_us')
        if capture is None or shown is None:
            continue
        result.append((shown - capture + (number(frame, 'clock_offset_us') or 0)) / 1000)
    return sorted(result)


def row(name, values):
    if not values:
        return f'{name:<24} not known'
    cells = (percentile(values, f) for f in (0.50, 0.95, 0.99))
    return f'{name:<24} ' + ' '.join(f'{v:8.1f}' for v in cells) + f' {values[-1]:8.1f}'


def is_tiles(entry):
    """Lossless pixels, not a frame of video."""
    return 'tiles' in entry


def exact_share(shown):
    """The part of the time in which the picture equalled its source, 0 to 1."""
    exact, since, total = False, 0, 0
    for entry in shown:
        if exact:
            total += entry['presented_us'] - since
        since = entry['presented_us']
        exact = entry.get('exact') is True if is_tiles(entry) else exact and entry.get('rects') == 0
    return total / (shown[-1]['presented_us'] - shown[0]['presented_us'] or 1)


def report(entries, bad):
    """The summary as lines of text."""
    shown = sorted((e for e in entries if number(e, 'presented_us') is not None),
                   key=lambda e: e['presented_us'])
    frames = [e for e in entries if not is_tiles(e)]
    frames_shown = [e for e in shown if not is_tiles(e)]
    changes = [e for e in shown if is_tiles(e) and e.get('change') is True]
    lines = [f'frames presented         {len(frames_shown)} of {len(frames)} received']
    if bad:
        lines.append(f'unreadable lines         {bad}')
    if len(shown) < 2:
        return lines
    seconds = (shown[-1]['presented_us'] - shown[0]['presented_us']) / 1e6
    if seconds > 0:
        size = sum(number(e, 'bytes') or 0 for e in entries)
        lines.append(f'over                     {seconds:.1f} s: '
                     f'{(len(frames_shown) - 1) / seconds:.1f} '
                     f'frames/s, {len(changes) / seconds:.1f} lossless updates/s, '
                     f'{size * 8 / seconds / 1e6:.2f} Mbit/s')
    if len(frames_shown) < len(shown):
        lines.append(f'pixel-exact              {100 * exact_share(shown):.0f} % of the time')
    if frames_shown:
        lines.append(f"picture                  "
                     f"{frames_shown[-1].get('width')}x{frames_shown[-1].get('height')}")
    lines.append('')
    lines.append(f"{'milliseconds':<24} {'p50':>8} {'p95':>8} {'p99':>8} {'max':>8}")
    lines.append(row('source to presented', source_to_presented(frames_shown + changes)))
    if changes:
        lines.append(row('  of lossless updates', source_to_presented(changes)))
    lines.append(row('received to presented', interval(shown, 'received_us', 'presented_us')))
    lines.append(row('decoding', interval(frames_shown, 'received_us', 'decoded_us')))
    return lines


def report_page(seconds):
    """The same of the page's figures, one entry a second: the page tells medians and means of
    each second, so the table is of these."""
    alive = [s for s in seconds if number(s, 'fps') or number(s, 'tiles')]
    if not alive:
        return ['seconds with pictures    0']

    def of(key):
        return sorted(s[key] for s in alive if (number(s, key) or 0) > 0)

    def mean(key):
        return sum(number(s, key) or 0 for s in alive) / len(alive)
    exact = sum(s.get('exact') is True for s in seconds)
    return [f"seconds with pictures    {len(alive)} of {len(seconds)}: {mean('fps'):.1f} "
            f"pictures/s, {mean('dropped'):.1f} dropped, {mean('tiles'):.1f} lossless "
            f"updates/s, {mean('mbit'):.2f} Mbit/s",
            f'pixel-exact              at the end of {exact} seconds',
            f"picture                  {alive[-1].get('width')}x{alive[-1].get('height')}, "
            f"{alive[-1].get('codec')}",
            '',
            f"{'milliseconds':<24} {'p50':>8} {'p95':>8} {'p99':>8} {'max':>8}",
            row('source to browser', of('latency')),
            row('decoding', of('decode')),
            row('decoder to browser', of('present'))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', help='statistics file of osvdi-viewer')
    parser.add_argument('--page', action='store_true',
                        help='the file has the figures of the page for browsers, a line a second')
    parser.add_argument('--skip-lines', type=int, default=0, metavar='N',
                        help='leave out the first N lines (what came before the session)')
    parser.add_argument('--min-frames', type=int, default=0, metavar='N',
                        help='fail when fewer frames and lossless updates were presented')
    options = parser.parse_args()
    try:
        with open(options.file, encoding='utf-8', errors='replace') as file:
            frames, bad = read_frames(file.readlines()[options.skip_lines:])
    except OSError as error:
        sys.exit(f'summary: {error}')
    if options.page:
        print('\n'.join(report_page(frames)))
        shown = max((number(f, 'total') or 0 for f in frames), default=0)
    else:
        print('\n'.join(report(frames, bad)))
        shown = sum(1 for f in frames if number(f, 'presented_us') is not None and
                    (not is_tiles(f) or f.get('change') is True))
    if shown < options.min_frames:
        sys.exit(f'summary: only {shown} frames were presented, expected {options.min_frames}')


if __name__ == '__main__':
    main()
