#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Options and the key file, refusals, the classic path with accel=off, the
stamp."""
import os
import subprocess

from qemu_harness import FOLDER, HERE, SANDBOX, Pattern, Qemu, Viewer, Xvfb, build_module, step

module = build_module()
PATCHES = os.path.join(HERE, '..', '..', 'qemu-patches')


def run(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=60)
    return done.returncode, done.stdout.decode()


def refuse(spice, *texts, options=('-device', 'VGA')):
    """QEMU must not start, and say all of texts."""
    code, out = run('qemu-system-x86_64', *SANDBOX, '-nodefaults', '-display', 'none', '-S',
                    '-spice', f'unix=on,addr={FOLDER}/refused,disable-ticketing=on,{spice}',
                    *options)
    assert code == 1, (code, out)
    for text in texts:
        assert text in out, f'{text!r} is not in {out!r}'


def key_file(name, text):
    path = os.path.join(FOLDER, name)
    with open(path, 'w') as f:
        f.write(text)
    return path


step('help')
code, out = run('qemu-system-x86_64', '-spice', 'help')
for text in '  accel=<str>', 'off|on|auto', '  accel-fps=<str>', '  accel-encoder=<str>', \
        '  accel-config=<str>', '  accel-guest-config=<str>', '  accel-status-file=<str>', \
        '  accel-heads=<str>', '  accel-vgpu=<str>', '  password-secret=<str>':
    assert text in out, out

step('bad values are refused')
refuse('accel=perhaps', 'accel=perhaps')
refuse('accel=on,accel-fps=0', 'accel-fps=0')
refuse('accel=on,accel-encoder=none-such', 'accel-encoder=none-such')
refuse('accel=on,accel-none-such=1', "Invalid parameter 'accel-none-such'")
refuse('accel=on,accel-config=/none/such', '/none/such')
refuse('accel=on,accel-heads=17', 'accel-heads=17', '0 to 16')
refuse('accel=on,accel-vgpu=maybe', 'accel-vgpu=maybe', 'off, auto, on')
refuse('accel-config=' + key_file('odd', '[spice-accel]\n[displays]\nscreens=1\n'), 'screens')
refuse('accel-guest-config=/none/such', '/none/such')
refuse('accel=auto,accel-status-file=/none/such', '/none/such')
refuse('accel-config=' + key_file('bad', '[spice-accel]\nfps=many\n'), 'fps')

step('a device that cannot be accelerated')
refuse('accel=on', 'qxl', options=('-device', 'qxl-vga'))
qemu = Qemu(spice='accel=auto', guest=False, video=['-device', 'qxl-vga'], name='qxl')
assert 'classic way' in qemu.output(), qemu.output()
qemu.quit()

step('the key file')
good = key_file('good', '[spice-accel]\nmode=on\nfps=25\n')
qemu = Qemu(spice='accel-config=' + good, guest=False, name='file-on')
assert qemu.status()
assert 'nobody is watching' in qemu.hmp('qom-get /spice-accel text')
qemu.quit()
qemu = Qemu(spice='accel-config=' + good + ',accel=off', guest=False, name='file-off')
assert 'not found' in qemu.hmp('qom-get /spice-accel text')
qemu.quit()

step('a guest that has not been started does not run')
qemu = Qemu('-S', guest=False, name='stopped')
assert qemu.status()['running'] is False, qemu.status()
assert 'stopped' in qemu.hmp('qom-get /spice-accel text'), qemu.hmp('qom-get /spice-accel text')
for command, runs in ('cont', True), ('stop', False), ('cont', True):
    qemu.qmp(command)
    assert qemu.status()['running'] is runs, qemu.status()
qemu.quit()

step('accel=off, or nothing said, is the classic path')
x = Xvfb()
for spice in 'accel=off', '':
    qemu = Qemu(spice=spice or 'playback-compression=on', name='classic' + spice[6:])
    viewer = Viewer(qemu, x, name='viewer' + spice[6:])
    qemu.wait_guest()
    pattern = Pattern(800, 600, 1)
    qemu.guest(pattern.command())
    viewer.expect(pattern)
    # no stream: the display channel carries drawing commands
    assert 'not found' in qemu.hmp('qom-get /spice-accel status')
    assert 'spice-accel' not in qemu.output(), qemu.output()
    viewer.stop()
    qemu.quit()

step('the stamp')
code, out = run(PATCHES + '/check-stamp', module)
assert code == 0 and out.startswith('qemu_stamp_'), out
with open(module, 'rb') as f:
    data = f.read()
stamp = out.strip().encode()
other = os.path.join(FOLDER, 'other.so')
with open(other, 'wb') as f:
    f.write(data.replace(stamp, stamp[:-4] + b'0000'))
code, out = run(PATCHES + '/check-stamp', other)
assert code == 1 and 'another QEMU' in out, out
