# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of the tests of the QEMU module: a guest in a real QEMU, X servers,
real SPICE clients, pictures.

Environment: QEMU_MODULE_DIR     folder of the ui-spice-core.so under test, or
             OSVDI_BUILD_MODULE  command that builds it into
             OSVDI_MODULE_OUTPUT this folder
             OSVDI_CACHE         where guest and module are kept (default
                                 ~/.cache/osvdi)
             OSVDI_TEST_DIR      logs and pictures (default: a temporary folder)
             OSVDI_TEST_LIMIT    seconds that any one wait may take (default: 90)
"""
import atexit
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, '..', 'lib'))
from harness import PATIENCE, ask_monitor, greet_monitor, near, start_xvfb, wait_for  # noqa: E402
from ports import free_port  # noqa: E402
from refuse import KNOWN, refuse_loudly  # noqa: E402

SLOW_S = float(os.environ.get('OSVDI_TEST_LIMIT', 90))  # of any one wait: machines are noisy
SKIP = 77
LOSS = 14  # colours survive 4:2:0 and quantisation nearly

# The options that libvirt starts every QEMU with.
SANDBOX = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny']

_running = []


def skip(why):
    print('SKIP: ' + why, flush=True)
    sys.exit(SKIP)


def step(text):
    print('-- ' + text, flush=True)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            skip(program + ' is not installed')


def make_folder():
    folder = os.environ.get('OSVDI_TEST_DIR')
    if folder:
        os.makedirs(folder, exist_ok=True)
        return tempfile.mkdtemp(dir=folder, prefix=os.path.basename(sys.argv[0]) + '.')
    folder = tempfile.mkdtemp(prefix='osvdi-qemu-')
    atexit.register(shutil.rmtree, folder, True)
    return folder


FOLDER = make_folder()


@atexit.register
def stop_all():
    for process in reversed(_running):
        process.stop()


# An exit by a signal (a test runner's time limit) must clean up as well.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def until(what, condition, limit_s=SLOW_S):
    """Waits for a condition, which returns something true."""
    return wait_for(condition, limit_s / PATIENCE, 'never came: ' + what, 0.1)


class Process:
    def __init__(self, name, argv, env=None, **kwargs):
        self.log = os.path.join(FOLDER, name + '.log')
        self.name = name
        with open(self.log, 'ab') as log:
            self.popen = subprocess.Popen(
                argv, env={**os.environ, **(env or {})}, stdout=log, stderr=log,
                **{'stdin': subprocess.DEVNULL, **kwargs})
        _running.append(self)

    def output(self):
        with open(self.log, errors='replace') as log:
            return log.read()

    def alive(self):
        return self.popen.poll() is None

    def stop(self, sig=signal.SIGTERM):
        if self.alive():
            self.popen.send_signal(sig)
            try:
                self.popen.wait(20)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        if self in _running:
            _running.remove(self)
        return self.popen.returncode

    def kill(self):
        return self.stop(signal.SIGKILL)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.popen.pid}/fd'))

    def threads(self):
        return len(os.listdir(f'/proc/{self.popen.pid}/task'))

    def rss_kib(self):
        with open(f'/proc/{self.popen.pid}/status') as f:
            return int(re.search(r'VmRSS:\s+(\d+)', f.read()).group(1))


class Xvfb(Process):
    def __init__(self, name='xvfb', size=(1280, 1024)):
        need('Xvfb', 'import')
        _, display = start_xvfb(lambda argv, **kw: super(Xvfb, self).__init__(name, argv, **kw),
                                '%dx%d' % size)
        home = tempfile.mkdtemp(dir=FOLDER, prefix='home.')
        self.env = {
            'DISPLAY': display, 'HOME': home, 'XDG_RUNTIME_DIR': home,
            'GDK_BACKEND': 'x11', 'NO_AT_BRIDGE': '1', 'GSETTINGS_BACKEND': 'memory',
            'GST_PLUGIN_FEATURE_RANK': 'glimagesink:NONE', 'GTK_OVERLAY_SCROLLING': '0',
            'DBUS_SESSION_BUS_ADDRESS': 'disabled:', 'LC_ALL': 'C.UTF-8',
            'GST_REGISTRY': os.path.join(FOLDER, 'gst-registry.bin'),
        }
        os.chmod(home, 0o700)

    def picture(self):
        out = subprocess.run(['import', '-window', 'root', '-depth', '8', 'ppm:-'],
                             env={**os.environ, **self.env}, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout
        return Picture(out)

    def save(self, name):
        subprocess.run(['import', '-window', 'root', os.path.join(FOLDER, name + '.png')],
                       env={**os.environ, **self.env}, check=False)

    def do(self, *argv):
        subprocess.run(['xdotool', *map(str, argv)], env={**os.environ, **self.env},
                       check=True, stdout=subprocess.DEVNULL)


class Picture:
    """An RGB picture from binary PPM."""

    def __init__(self, ppm):
        match = re.match(rb'P6\s+(\d+)\s+(\d+)\s+255\s', ppm)
        assert match, 'not a picture'
        self.width, self.height = int(match.group(1)), int(match.group(2))
        self.data = ppm[match.end():]

    def at(self, x, y):
        i = (int(y) * self.width + int(x)) * 3
        return tuple(self.data[i:i + 3])

    def lit(self, box):
        """Share of pixels in box (x, y, w, h) that are not nearly black."""
        x0, y0, w, h = box
        points = [self.at(x, y) for y in range(y0, y0 + h, 2) for x in range(x0, x0 + w, 2)]
        return sum(max(p) > 60 for p in points) / len(points)


def rgb(colour):
    return colour >> 16 & 255, colour >> 8 & 255, colour & 255


class Pattern:
    """Four quarters of a colour each, as the guest's "show" paints them."""
    SETS = [(0xc02020, 0x20a040, 0x3050c0, 0xd0d0d0), (0xd09020, 0x208090, 0x903080, 0x404040),
            (0x50b0e0, 0xe05080, 0x60c040, 0x202060), (0xe0e040, 0x7030c0, 0x30c0b0, 0xa05020)]

    def __init__(self, width, height, colours=0):
        self.width, self.height = width, height
        self.colours = self.SETS[colours]

    def command(self, head=0):
        return f'show {head} {self.width} {self.height} ' + \
            ' '.join(f'{c:x}' for c in self.colours)

    def mismatch(self, picture, box):
        """None, or what is wrong; box (x, y, w, h) is where the head is shown."""
        x0, y0, w, h = box
        for fy in 0.06, 0.25, 0.44, 0.56, 0.75, 0.94:
            for fx in 0.06, 0.25, 0.44, 0.56, 0.75, 0.94:
                want = rgb(self.colours[(fx > 0.5) + 2 * (fy > 0.5)])
                x, y = x0 + fx * w, y0 + fy * h
                if x >= picture.width or y >= picture.height:
                    return f'{x:.0f},{y:.0f} is outside the screen'
                if not near(picture.at(x, y), want, LOSS):
                    return f'at {x:.0f},{y:.0f} {picture.at(x, y)}, not {want}'
        return None


class Qemu(Process):
    """A QEMU with the module under test, its monitor and the guest's serial
    line."""

    def __init__(self, *options, spice='accel=on', name='qemu', guest=True, video=None,
                 env=None, kernel='quiet loglevel=4'):
        need('qemu-system-x86_64')
        build_module()
        self.port = free_port()
        self.qmp_path = os.path.join(FOLDER, name + '.qmp')
        self.serial_path = os.path.join(FOLDER, name + '.serial')
        # one thread: with more, TCG of QEMU 7.2 now and then writes to a
        # memory region that the guest has just remapped, and crashes
        argv = ['qemu-system-x86_64', *SANDBOX, '-nodefaults', '-no-user-config', '-M', 'q35',
                '-accel', 'tcg,thread=single', '-m', '384', '-display', 'none',
                '-qmp', f'unix:{self.qmp_path},server=on,wait=off',
                '-serial', f'unix:{self.serial_path},server=on,wait=off',
                '-spice', f'addr=127.0.0.1,port={self.port},disable-ticketing=on,'
                          f'accel-config=,{spice}']
        argv += video if video is not None else ['-device', 'virtio-vga']
        if guest:
            folder = build_guest()
            argv += ['-kernel', folder + '/vmlinuz', '-initrd', folder + '/initrd',
                     '-append', 'console=tty0 panic=-1 ' + kernel]
        argv += options
        super().__init__(name, argv, env, preexec_fn=refuse_loudly)
        self.qmp_socket = until('QMP', lambda: self.connect(self.qmp_path))
        self.monitor = greet_monitor(self.qmp_socket)
        self.serial = self.connect(self.serial_path).makefile('rw', newline='\n')
        self.check_sandbox()

    def check_sandbox(self):
        """All threads are filtered: 2 is SECCOMP_MODE_FILTER."""
        pid = self.popen.pid
        for task in os.listdir(f'/proc/{pid}/task'):
            try:
                with open(f'/proc/{pid}/task/{task}/status') as f:
                    found = re.search(r'^Seccomp:\s+(\d+)\nSeccomp_filters:\s+(\d+)$',
                                      f.read(), re.M)
            except FileNotFoundError:
                continue
            # the second filter is refuse_loudly()'s
            assert found.groups() == ('2', str(1 + KNOWN)), f'thread {task}: {found.groups()}'

    def connect(self, path):
        assert self.alive(), 'QEMU ended: ' + self.output()
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(path)
        except OSError:
            s.close()
            return None
        s.settimeout(SLOW_S)
        return s

    def qmp(self, command, **arguments):
        try:
            return ask_monitor(self.monitor, command, **arguments)
        except AssertionError as error:
            if self.alive():
                raise
            raise AssertionError(f'{error}: {self.output()}') from None

    def hmp(self, line):
        return self.qmp('human-monitor-command', **{'command-line': line})

    def status(self):
        return json.loads(self.qmp('qom-get', path='/spice-accel', property='status'))

    def mouse_mode(self):
        return self.qmp('query-spice')['mouse-mode']

    def wait_guest(self):
        line = self.serial.readline()
        while line and line.strip() != 'ready':
            line = self.serial.readline()
        assert line, 'the guest is silent'

    def guest(self, command):
        """Has the guest obey; its lines before "ok", the rest of "ok" last."""
        self.serial.write(command + '\n')
        self.serial.flush()
        lines = []
        while True:
            line = self.serial.readline().strip()
            if line.startswith('ok'):
                return lines + [line[2:].strip()]
            assert not line.startswith('error'), f'guest: {command}: {line}'
            assert line, 'the guest is silent'
            lines.append(line)

    def quit(self):
        """Ends QEMU and demands that it ends well."""
        try:
            self.qmp('quit')
        except AssertionError:
            pass
        self.popen.wait(SLOW_S)
        code = self.stop()
        assert code != -signal.SIGSYS, 'QEMU made a system call that libvirt denies'
        assert code == 0, f'QEMU ended with {code}: {self.output()[-2000:]}'


class Viewer(Process):
    """The stock spice-gtk widget, one window a display, at known places; obeys
    commands (see viewer.py)."""

    def __init__(self, qemu, x, name='viewer', windows=1, wait=True, tls=()):
        """tls: port, file of the authority, subject."""
        self.windows = windows
        super().__init__(name, ['/usr/bin/python3', os.path.join(HERE, 'viewer.py'),
                                '127.0.0.1', str(qemu.port), str(windows), *map(str, tls)],
                         env=x.env, stdin=subprocess.PIPE)
        self.x = x
        if wait:
            until('main channel', lambda: 'main opened' in self.output() or not self.alive())
            assert self.alive(), self.output()

    def command(self, line):
        self.popen.stdin.write((line + '\n').encode())
        self.popen.stdin.flush()
        until(f'viewer did "{line}"', lambda: 'did ' + line in self.output())

    def boxes(self):
        """Where each display is on the screen, as the viewer last told."""
        found = re.findall(r'display (\d+) at (\d+) (\d+) size (\d+) (\d+)', self.output())
        return {int(f[0]): tuple(map(int, f[1:])) for f in found}

    def expect(self, pattern, head=0, save=None):
        seen = []

        def check():
            assert self.alive(), 'viewer ended: ' + self.output()
            box = self.boxes().get(head)
            if not box or box[2:] != (pattern.width, pattern.height):
                seen[:] = [f'display {head} is {box}']
                return False
            seen[:] = [pattern.mismatch(self.x.picture(), box)]
            return seen[0] is None
        try:
            until(f'the picture {pattern.width}x{pattern.height} on display {head}', check)
        except AssertionError as error:
            self.x.save((save or self.name) + '-failed')
            raise AssertionError(f'{error}: {seen[0] if seen else ""}') from None
        if save:
            self.x.save(save)


def cache_folder():
    return os.environ.get('OSVDI_CACHE') or os.path.join(
        os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'osvdi')


def build_module():
    """Sets QEMU_MODULE_DIR."""
    need('qemu-system-x86_64')
    if 'QEMU_MODULE_DIR' not in os.environ:
        command = os.environ.get('OSVDI_BUILD_MODULE')
        if not command:
            skip('neither QEMU_MODULE_DIR nor OSVDI_BUILD_MODULE is set')
        output = os.environ['OSVDI_MODULE_OUTPUT']
        done = subprocess.run(command.split() + ['--cache', cache_folder(), '--output', output])
        if done.returncode == 3:
            skip('packages for building the module are missing, see above')
        assert done.returncode == 0, 'the module does not build'
        os.environ['QEMU_MODULE_DIR'] = output
    module = os.path.join(os.environ['QEMU_MODULE_DIR'], 'ui-spice-core.so')
    assert os.path.exists(module), module + ' does not exist'
    return module


class RemoteViewer(Process):
    """remote-viewer, in a window with its own frame at the screen's corner."""

    def __init__(self, qemu, x, name='remote-viewer'):
        need('remote-viewer')
        super().__init__(name, ['remote-viewer', f'spice://127.0.0.1:{qemu.port}'], env=x.env)
        self.x = x

    def expect(self, pattern, save=None):
        def check():
            assert self.alive(), 'remote-viewer ended: ' + self.output()
            picture = self.x.picture()
            # below the header bar, inside the window's border and shadow
            for y in range(0, 140):
                for x in range(0, 60):
                    if near(picture.at(x, y), rgb(pattern.colours[0]), LOSS):
                        box = x, y, pattern.width, pattern.height
                        return pattern.mismatch(picture, box) is None
            return False
        try:
            until('the picture in remote-viewer', check)
        finally:
            self.x.save(save or self.name)


def build_guest():
    if not hasattr(build_guest, 'folder'):
        need('gcc', 'dpkg-deb', 'apt-get')
        out = subprocess.run([sys.executable, HERE + '/guest/build.py', cache_folder()],
                             check=True, stdout=subprocess.PIPE)
        build_guest.folder = out.stdout.decode().strip()
    return build_guest.folder
