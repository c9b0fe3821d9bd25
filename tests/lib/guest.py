# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small Debian guest with a real X session and the distribution's real SPICE
agents in the distribution's QEMU; commands run in it through its QEMU agent."""
import base64
import json
import os
import socket
import subprocess
import time

from harness import Failed, free_port, qmp, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
RECIPE = os.path.join(HERE, "..", "client", "guest")
USER = ["setpriv", "--reuid=desk", "--regid=desk", "--init-groups",
        "env", "HOME=/home/desk", "USER=desk", "DISPLAY=:0", "LANG=C.UTF-8"]


def build_guest():
    """The folder of the guest's disk, made once (minutes)."""
    done = subprocess.run([os.path.join(HERE, "..", "..", "demo", "build-guest"),
                           "--recipe", RECIPE],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failed("the guest cannot be made, see above")
    return done.stdout.strip()


class Guest:
    """Boots in the constructor; wait_boot() waits until it obeys and has its
    session. The word osvdi.text makes one without a session."""

    def __init__(self, rig, *options, name="guest", words="", memory=1024):
        self.rig = rig
        self.name = name
        self.port = free_port()
        self.asked = 0
        self.socket = rig.file(name + ".qga")
        folder = build_guest()
        with rig.log(name + "-qemu.log") as log:
            self.process = rig.procs.start([
                "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-M", "q35",
                "-accel", os.environ.get("OSVDI_ACCEL") or "tcg,thread=multi", "-cpu",
                "max,svm=off", "-smp", "2",
                "-m", str(memory), "-display", "none", "-nic", "none", "-name", name,
                "-kernel", folder + "/vmlinuz", "-initrd", folder + "/initrd.img",
                "-append",
                "root=/dev/vda ro quiet loglevel=4 console=tty0 console=ttyS0 mitigations=off "
                           "init=/usr/local/lib/osvdi-test/init " + words,
                "-drive", f"file={folder}/disk.img,format=raw,if=virtio,snapshot=on",
                "-serial", "file:" + rig.file(name + ".log"),
                "-qmp", f"unix:{rig.file(name + '.qmp')},server=on,wait=off",
                "-device", "virtio-rng-pci", "-device", "virtio-serial-pci", "-device",
                "qemu-xhci,id=usb",
                "-chardev", "spicevmc,id=vdagent,name=vdagent",
                "-device", "virtserialport,chardev=vdagent,name=com.redhat.spice.0",
                "-chardev", f"socket,id=qga,path={self.socket},server=on,wait=off",
                "-device", "virtserialport,chardev=qga,name=org.qemu.guest_agent.0",
                "-spice", f"port={self.port},addr=127.0.0.1,disable-ticketing=on", *options],
                stdout=log, stderr=log)

    def alive(self):
        if self.process.poll() is not None:
            raise Failed("QEMU ended: " + self.rig.read_log(self.name + "-qemu.log"))

    def call(self, command, **arguments):
        """One command of the QEMU guest agent."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(120)
            s.connect(self.socket)
            s.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
            data = b""
            while not data.endswith(b"\n"):
                more = s.recv(1 << 20)
                if not more:
                    raise Failed("the guest's control channel closed")
                data += more
        reply = json.loads(data)
        if "error" in reply:
            raise Failed(f"{command}: {reply['error'].get('desc')}")
        return reply["return"]

    def answers(self):
        """Whether the guest's control channel is up; what was answered late is dropped."""
        self.alive()
        self.asked += 1
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(5)
                s.connect(self.socket)
                s.sendall(json.dumps({"execute": "guest-sync",
                                      "arguments": {"id": self.asked}}).encode() + b"\n")
                with s.makefile() as lines:
                    return any(json.loads(line).get("return") == self.asked for line in lines)
        except OSError:
            return False

    def start(self, *argv, data=None):
        """Starts a program as root; its process id."""
        extra = {} if data is None else {"input-data": base64.b64encode(data).decode()}
        return self.call("guest-exec", path=argv[0], arg=list(argv[1:]), **{"capture-output": True},
                         **extra)["pid"]

    def finish(self, pid, limit_s=120):
        """(exit status, output, errors) of a program, when it ends."""
        end = time.monotonic() + limit_s
        while True:
            status = self.call("guest-exec-status", pid=pid)
            if status["exited"]:
                return (status.get("exitcode", -1), base64.b64decode(status.get("out-data", "")),
                        base64.b64decode(status.get("err-data", "")))
            if time.monotonic() > end:
                raise Failed(f"a program in the guest did not end in {limit_s} s")
            time.sleep(0.2)

    def run(self, *argv, data=None, check=True, limit_s=120):
        """Output of a program that runs as root."""
        status, out, err = self.finish(self.start(*argv, data=data), limit_s)
        if check and status != 0:
            raise Failed(f"in the guest: {' '.join(argv)[:200]}: {status}: "
                         f"{(err or out).decode(errors='replace')[-500:]}")
        return out

    def sh(self, script, **kw):
        return self.run("/bin/sh", "-c", script, **kw)

    def desk(self, script, **kw):
        """Output of a line of shell in the user's session."""
        return self.run("/usr/bin/env", *USER, "/bin/sh", "-c", script, **kw)

    def put(self, data, path):
        """A file of root's."""
        handle = self.call("guest-file-open", path=path, mode="w")
        for at in range(0, len(data), 1 << 20):
            self.call("guest-file-write", handle=handle,
                      **{"buf-b64": base64.b64encode(data[at:at + (1 << 20)]).decode()})
        self.call("guest-file-close", handle=handle)

    def screenshot(self, path):
        """The screen as QEMU has it, as PPM."""
        qmp(self.rig.file(self.name + ".qmp"), "screendump", filename=path)

    def copy(self, target, data):
        """Puts data into the guest's clipboard as the target, as the user would."""
        self.run("/usr/bin/env", *USER, "/bin/sh", "-c", "cat > /tmp/copy", data=data)
        self.desk(f"exec xclip -selection clipboard -t '{target}' -i /tmp/copy > /dev/null 2>&1")

    def paste(self, target):
        """The contents of the guest's clipboard as the target; empty when nothing."""
        return self.desk(f"timeout 20 xclip -selection clipboard -t '{target}' -o 2> /dev/null "
                         f"|| true")

    def wait_boot(self, limit_s=600):
        wait_for(self.answers, limit_s, "the guest's control channel", 0.5)
        wait_for(lambda: self.sh("cat /tmp/session-ready 2> /dev/null || true"), limit_s,
                 "the guest's session", 0.5)
