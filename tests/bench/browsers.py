# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Viewers that are pages in Chromium, in a window of the rig's X display: ours, spice-html5's,
noVNC's; and a VNC server with the same pictures. All pages come by websockify."""
import os
import shutil
import subprocess
import sys

from harness import Failed, free_port, listens, wait_for

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "web"))
from browser import page_folder  # noqa: E402

# name: (folder of the page, the page's address below the proxy's)
PAGES = {
    "browser": (None, "index.html?path=websockify"),
    "spice-html5": ("/usr/share/spice-html5", "spice_auto.html?host=localhost&port={port}"),
    # vnc_lite.html has a bar over the picture, and meters read the picture's first rows.
    "novnc": ("/usr/share/novnc",
              "vnc.html?host=localhost&port={port}&path=websockify&autoconnect=true&resize=off"),
}
SWITCHES = ["--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
            "--enable-unsafe-swiftshader", "--hide-scrollbars", "--kiosk"]


def need(program, package):
    if not shutil.which(program):
        raise Failed(f"no {program}: it is in the package {package}")
    return program


def start_page(rig, name, port):
    """Chromium with a page that shows the desktop at a port; the process."""
    folder, address = PAGES[name]
    if folder and not os.path.isdir(folder):
        raise Failed(f"no {folder}: it is in the package {os.path.basename(folder)}")
    proxy = free_port()
    with rig.log("websockify.log") as log:
        rig.procs.start([need("websockify", "websockify"), "--web",
                         folder or page_folder(rig, rig.path("web", "osvdi.wasm")),
                         f"127.0.0.1:{proxy}", f"{rig.address}:{port}"], stdout=log, stderr=log)
    wait_for(lambda: listens(proxy), 20, "websockify")
    url = f"http://localhost:{proxy}/" + address.format(port=proxy)
    argv = [need("chromium", "chromium"), *SWITCHES, f"--user-data-dir={rig.file('chromium')}",
            f"--app={url}"]
    if os.geteuid() == 0:
        argv.insert(1, "--no-sandbox")
    with rig.log("client.log") as log:
        return rig.procs.start(argv, env=rig.env, stdout=log, stderr=log)


def start_vnc(rig, scene, marks):
    """Xvnc, and a window on it that shows a pattern; (process, port)."""
    port = free_port()
    r, w = os.pipe()
    with rig.log("server.log") as log:
        server = rig.procs.start([need("Xvnc", "tigervnc-standalone-server"), "-displayfd", str(w),
                                  "-rfbport", str(port), "-SecurityTypes", "None", "-localhost",
                                  "-geometry", "1920x1080", "-depth", "24"],
                                 pass_fds=[w], stdout=log, stderr=log)
    os.close(w)
    with os.fdopen(r) as f:
        display = f.readline().strip()
    if not display:
        raise Failed("Xvnc does not start: " + rig.read_log("server.log")[-300:])
    rig.procs.start([rig.path("tests", "bench", "osvdi-pattern-window"), "pattern:" + scene, marks],
                    env={**os.environ, "DISPLAY": ":" + display})
    wait_for(lambda: listens(port), 20, "Xvnc")
    return server, port


def tree_cpu(pid):
    """User and system seconds of a process and of all that it started."""
    rows = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True,
                          check=True).stdout.splitlines()
    children = {}
    for row in rows:
        child, parent = map(int, row.split())
        children.setdefault(parent, []).append(child)
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        try:
            with open(f"/proc/{one}/stat") as f:
                total += sum(int(x) for x in f.read().rpartition(")")[2].split()[11:15])
        except OSError:
            continue  # it has ended
    return total / os.sysconf("SC_CLK_TCK")
