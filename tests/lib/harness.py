# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of tests and benchmarks: waiting, processes that never outlive a test, an
Xvfb whose pixels are read from memory, spice-accel-serve, and SPICE clients."""
import json
import mmap
import os
import pty
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from ports import free_port


class Failed(AssertionError):
    pass


def near(pixel, colour, tolerance=6):
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour))


def exactly(s, n):
    """So many bytes of a socket; EOFError where it ends before."""
    data = b""
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part:
            raise EOFError(f"{len(data)} of {n} bytes")
        data += part
    return data


def listens(port, prefix=()):
    """Whether someone takes TCP connections there; prefix as of Rig.at()."""
    return subprocess.run([*prefix, "ss", "-tlnH", f"sport = :{port}"],
                          capture_output=True).stdout.strip()


def said_on_terminal(command, question, env=None):
    """All that a program says on a terminal of its own, until it ends or asks."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, env or os.environ)
    said = b""
    try:
        while question.encode() not in said:
            part = os.read(terminal, 4096)
            if not part:
                break
            said += part
    except OSError:  # the program has ended
        pass
    os.close(terminal)
    os.waitpid(pid, 0)
    return said.decode()


# Limits of waits are for an idle machine. Tests run beside each other, and beside
# whatever else a machine does.
PATIENCE = 3


def wait_for(condition, seconds, what, step=0.05):
    """The first true value of condition(), or Failed when it never comes. The limit is
    PATIENCE times so many seconds. what: a text, or a function that has it in the end."""
    end = time.monotonic() + PATIENCE * seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"{what() if callable(what) else what}: "
                         f"not within {PATIENCE * seconds} s")
        time.sleep(step)


def steady(value, seconds=2):
    """A value once it has stayed the same for so long: for what may come in several parts."""
    last, since = value(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.1)
        if (now := value()) != last:
            last, since = now, time.monotonic()
    return last


def ask_monitor(monitor, command, **arguments):
    """The answer of a QEMU to one command; monitor is the file of a connection to it."""
    monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    monitor.flush()
    answer = {}
    while not {"return", "error"} & set(answer):  # events come between
        line = monitor.readline()
        if not line:
            raise Failed(f"{command}: QEMU closed its monitor")
        answer = json.loads(line)
    if "error" in answer:
        raise Failed(f"{command}: {answer['error'].get('desc')}")
    return answer["return"]


def greet_monitor(s):
    """The file of a new connection to a monitor, which takes commands then."""
    monitor = s.makefile("rw")
    monitor.readline()
    ask_monitor(monitor, "qmp_capabilities")
    return monitor


def qmp(path, command, **arguments):
    """The same by the monitor's Unix socket."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        return ask_monitor(greet_monitor(s), command, **arguments)


def start_xvfb(start, size, *options, **kw):
    """Starts an Xvfb by start(argv, ...) as its own, of a size like "1280x1024"; what
    start() gave, and the display's name."""
    r, w = os.pipe()
    process = start(["Xvfb", "-displayfd", str(w), "-screen", "0", size + "x24", "-nolisten",
                     "tcp", "-noreset", *options], pass_fds=[w], **kw)
    os.close(w)
    with os.fdopen(r) as f:
        number = f.readline().strip()
    if not number:
        raise Failed("Xvfb does not start (package xvfb)")
    return process, ":" + number


CRASHES = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE,
           -signal.SIGTRAP}
OURS = {"osvdi-viewer", "spice-accel-serve"}
VIEWERS = {"osvdi-viewer", "remote-viewer", "spicy"}


class Processes:
    """Ends what it started, last first, whatever happens; notes which of our programs crashed."""

    def __init__(self):
        self.all = []
        self.crashed = []
        self.x_env = None  # of an X server whose pixels are looked at

    def start(self, argv, **kw):
        kw.setdefault("stdin", subprocess.DEVNULL)
        p = subprocess.Popen(argv, start_new_session=True, **kw)
        self.all.append(p)
        return p

    def end(self, p):
        if p.poll() is None:
            p.send_signal(signal.SIGCONT)
            p.terminate()
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait()
        if p in self.all:
            self.all.remove(p)
            words = {os.path.basename(word) for word in p.args}
            names = OURS & words
            if names and p.returncode in CRASHES:
                self.crashed.append(f"{names.pop()}: {signal.Signals(-p.returncode).name}")
            if self.x_env and VIEWERS & words:
                self.see_off()

    def see_off(self):
        """The X server takes a program's windows away some time after the program has ended;
        it has done so when it answers somebody who came later."""
        subprocess.run(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.x_env,
                       stdout=subprocess.DEVNULL)

    def stop(self):
        self.x_env = None
        for p in reversed(list(self.all)):
            self.end(p)


class Framebuffer:
    """Pixels of an Xvfb by its -fbdir file (XWDFile.h, big-endian header)."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.map = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
        h = struct.unpack(">25I", self.map[:100])
        self.width, self.height, self.stride = h[4], h[5], h[12]
        self.offset = h[0] + 12 * h[19]

    def pixel(self, x, y):
        """(red, green, blue)"""
        at = self.offset + y * self.stride + x * 4
        b, g, r = self.map[at:at + 3]
        return r, g, b

    def row(self, y, x0, x1):
        at = self.offset + y * self.stride
        return self.map[at + x0 * 4:at + x1 * 4]


def psnr(fb, x, y, picture, width, height, step=3):
    """dB between the screen at x, y and a picture of BGRx bytes, every step-th row."""
    squares = n = 0
    for row in range(0, height, step):
        a = fb.row(y + row, x, x + width)
        b = picture[row * width * 4:(row + 1) * width * 4]
        for c in range(3):
            squares += sum((p - q) * (p - q) for p, q in zip(a[c::4 * step], b[c::4 * step]))
            n += len(a[c::4 * step])
    mean = squares / n
    import math
    return 99.0 if mean == 0 else 10 * math.log10(255 * 255 / mean)


class Rig:
    """One Xvfb with a window manager, and a private folder."""

    def __init__(self, build, size="1920x1080"):
        self.build = os.path.abspath(build)
        self.dir = tempfile.mkdtemp(prefix="osvdi-test.")
        self.procs = Processes()
        self.size = size
        self.env = None
        self.link = None
        self.serve_options = []  # of every server

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        self.close()
        if self.procs.crashed and not kind:
            raise Failed("crashed, unnoticed by the test: " + ", ".join(self.procs.crashed))

    def close(self):
        self.procs.stop()
        for name in self.link or ():
            subprocess.run(["ip", "netns", "del", name], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.build, *parts)

    def file(self, name):
        return os.path.join(self.dir, name)

    def log(self, name):
        return open(self.file(name), "ab")

    def read_log(self, name):
        with open(self.file(name), errors="replace") as f:
            return f.read()

    def start_x(self):
        # -r: no key repeats while a busy machine holds it
        self.xvfb, display = start_xvfb(self.procs.start, self.size, "-fbdir", self.dir, "-r",
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.env = dict(os.environ, DISPLAY=display, XDG_RUNTIME_DIR=self.dir, HOME=self.dir,
                        XDG_CONFIG_HOME=self.file("config"), XDG_CACHE_HOME=self.file("cache"),
                        GDK_BACKEND="x11", NO_AT_BRIDGE="1", GTK_A11Y="none",
                        GSETTINGS_BACKEND="memory")
        self.env.pop("WAYLAND_DISPLAY", None)
        if not os.path.exists("/dev/dri"):
            # Stock clients take the OpenGL sink where it is installed, which
            # without a GPU shows 4 frames a second.
            self.env["GST_PLUGIN_FEATURE_RANK"] = "glimagesink:NONE"
        self.start_window_manager()
        self.procs.x_env = self.env
        self.screen = self.file("Xvfb_screen0")
        self.fb = Framebuffer(self.screen)
        return self.env

    def start_window_manager(self):
        wm = self.procs.start(["openbox"], env=self.env, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)

        def manages():
            if wm.poll() is not None:
                raise Failed("openbox does not start (package openbox)")
            told = subprocess.run(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.env,
                                  capture_output=True)
            return b"window id" in told.stdout
        wait_for(manages, 20, "the window manager")
        self.press_first_key()

    def press_first_key(self):
        """With the first key the X server's keyboard becomes another, and the window manager
        asks for its own keys anew: a second one meanwhile would be lost. The window manager has
        done so when it has done what it was asked for later. While it starts, it may overhear
        what it is asked for."""
        def done():
            self.xdo("key", "Shift_L", "set_num_desktops", 1)
            told = subprocess.run(["xdotool", "get_num_desktops"], env=self.env,
                                  capture_output=True)
            return told.stdout.strip() == b"1"
        wait_for(done, 20, "the window manager's keys")

    def start_link(self, mbit, one_way_ms, queue_kb=256):
        """From now on the server and the clients are at the ends of a slow link (root only)."""
        names = [f"osvdi-{os.getpid()}-{end}" for end in "sc"]
        for name in names:
            subprocess.run(["ip", "netns", "add", name], check=True)
            self.link = [*(self.link or ()), name]
        p = self.procs.start([self.path("tests", "bench", "osvdi-link"), *names, str(mbit),
                              str(one_way_ms), str(queue_kb)], stdout=subprocess.PIPE, text=True)
        if p.stdout.readline().strip() != "up":
            raise Failed("the slow link does not start")
        for name, end in zip(names, (1, 2)):
            run = ["ip", "netns", "exec", name]
            subprocess.run([*run, "ip", "addr", "add", f"10.77.0.{end}/24", "dev", "lk0"],
                           check=True)
            subprocess.run([*run, "ip", "link", "set", "lk0", "up"], check=True)
            subprocess.run([*run, "ip", "link", "set", "lo", "up"], check=True)

    def at(self, end):
        """Command prefix for the server's (0) or the client's (1) end of the link."""
        return ["ip", "netns", "exec", self.link[end]] if self.link else []

    @property
    def address(self):
        return "10.77.0.1" if self.link else "127.0.0.1"

    def xdo(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=self.env, check=True)

    def screenshot(self, path):
        subprocess.run(["import", "-window", "root", path], env=self.env, check=True)

    def serve(self, *options, program=None, env=None):
        """spice-accel-serve, or another server with -p; (process, port)."""
        port = free_port()
        program = program or self.path("spice-accel", "tools", "spice-accel-serve")
        with self.log("server.log") as log, self.log("status.log") as out:
            p = self.procs.start([*self.at(0), program, "-p", str(port), "-a", self.address,
                                  *self.serve_options, *options],
                                 stdout=out, stderr=log, env=env or os.environ)

        def listening():
            if p.poll() is not None:
                raise Failed("the server ended: " + self.read_log("server.log"))
            return listens(port, self.at(0))
        wait_for(listening, 20, "the server listens")
        self.port = port
        return p, port

    def status(self):
        """The next line of spice-accel-serve --status: never what was true before the call."""
        def lines():
            return [line for line in self.read_log("status.log").splitlines(keepends=True)
                    if line.endswith("\n")]
        before = len(lines())
        return json.loads(wait_for(lambda: lines()[before:], 20, "a status line", 0.02)[0])

    def client(self, name, port, *options, env=None, full_screen=True):
        uri = f"spice://{self.address}:{port}"
        if name == "osvdi-viewer":
            argv = [os.environ.get("OSVDI_VIEWER") or self.path("client", "osvdi-viewer"),
                    *(["--full-screen"] if full_screen else []), *options, uri]
        elif name == "remote-viewer":
            argv = ["remote-viewer", *(["-f"] if full_screen else []), *options, uri]
        else:
            argv = ["spicy", *(["-f"] if full_screen else []), *options, "--uri=" + uri]
        with self.log("client.log") as log:
            return self.procs.start([*self.at(1), *argv], env=env or self.env, stdout=log,
                                    stderr=log)

    def meter(self, marks, scene, seconds):
        """[(number, made_us, seen_us)] of the pictures that appear in so many seconds."""
        out = subprocess.run([self.path("tests", "bench", "osvdi-meter"), self.screen, marks, scene,
                              str(seconds)],
                             capture_output=True, text=True, check=True).stdout
        return [tuple(int(x) for x in line.split()) for line in out.splitlines()]

    def wait_picture(self, marks, scene, seconds=25):
        """Until one picture follows another; the longer it takes the longer each look is, since
        a busy machine shows few of them."""
        wait_for(lambda: os.path.exists(marks) and os.path.getsize(marks), 20, "the file of marks")
        looks = iter((0.3, 0.5, 1))
        wait_for(lambda: self.meter(marks, scene, next(looks, 2)), seconds,
                 "pictures on the screen", 0)


def cpu_seconds(pid):
    """User and system time of a process, children that ended included."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return sum(int(x) for x in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def resident_kb(pid, field="VmRSS:"):
    """A process's memory now, or at its most: "VmHWM:"."""
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith(field):
                return int(line.split()[1])
    return 0


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))
