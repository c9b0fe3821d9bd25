#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""osvdi-viewer gives real USB devices to a desktop. Two machines in QEMU: the
user's, in which the viewer runs for an ordinary user and a USB stick (a gadget
of the kernel's on dummy_hcd) is plugged in and out; and the desktop, which
reads and writes the stick.

  usb.py --build DIR

OSVDI_CACHE keeps the guest; it is made on first use, which takes minutes.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
from guest import USER as USER_ENV, Guest  # noqa: E402
from harness import Failed, Rig, wait_for  # noqa: E402
from viewer import check  # noqa: E402

SLOW_S = 90
NOTHING_S = 5  # so long nothing is to happen that would take a fraction of that
SIZE = 8 << 20
GADGET = r"""
set -e
G=/sys/kernel/config/usb_gadget/stick
case $1 in
make)
	modprobe -a udc-core libcomposite
	modprobe dummy_hcd
	modprobe usb_f_mass_storage
	mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
	mkdir $G
	cd $G
	echo 0x1d6b > idVendor
	echo 0x0104 > idProduct
	mkdir -p strings/0x409 configs/c.1/strings/0x409 functions/mass_storage.0
	echo "Test stick" > strings/0x409/product
	echo OSVDI > strings/0x409/manufacturer
	echo 0123456789 > strings/0x409/serialnumber
	echo 1 > functions/mass_storage.0/lun.0/removable
	echo /tmp/stick.img > functions/mass_storage.0/lun.0/file
	ln -s functions/mass_storage.0 configs/c.1/
	;;
plug) echo dummy_udc.0 > $G/UDC ;;
unplug) echo > $G/UDC ;;
node) # of the device, as the user's machine names it
	for d in /sys/bus/usb/devices/*; do
		[ "$(cat $d/serial 2> /dev/null)" = 0123456789 ] || continue
		printf '/dev/bus/usb/%03d/%03d\n' $(cat $d/busnum) $(cat $d/devnum)
	done
	;;
disk) # of the device
	for d in /sys/block/sd*; do
		[ ! -e $d ] || [ "$(cat $d/size)" = 0 ] || echo /dev/${d##*/}
	done
	;;
esac
"""


class UsbRig(Rig):
    def boot(self):
        self.desk = Guest(self, "-device", "VGA", name="desk", words="osvdi.text", memory=512, *(
            x for n in (0, 1) for x in ("-chardev", f"spicevmc,id=r{n},name=usbredir",
                                        "-device", f"usb-redir,chardev=r{n},bus=usb.0")))
        self.user = Guest(self, "-device", "VGA", "-netdev", "user,id=net", "-device",
                          "virtio-net-pci,netdev=net,romfile=", name="user",
                          words="osvdi.network net.ifnames=0")
        for machine in (self.desk, self.user):
            machine.wait_boot()
            machine.put(GADGET.encode(), "/tmp/gadget")
        for target, parts in (("/usr/local/bin/osvdi-viewer", ("client", "osvdi-viewer")),
                              (self.libexec() + "/osvdi-usb-access",
                               ("client", "osvdi-usb-access")),
                              ("/usr/local/bin/usb-claim", ("tests", "client", "usb-claim"))):
            self.user.run("/bin/mkdir", "-p", os.path.dirname(target))
            with open(self.path(*parts), "rb") as f:
                self.user.put(f.read(), target)
            self.user.run("/bin/chmod", "755", os.path.dirname(target), target)
        self.user.sh("mkdir -p /run/udev/rules.d")
        self.user.sh(f"head -c {SIZE} /dev/zero > /tmp/stick.img")
        self.gadget("make")
        check(True, "both machines are up")

    def libexec(self):
        """Where the viewer was configured to look for its helper."""
        with open(self.path("meson-info", "intro-buildoptions.json")) as f:
            options = {x["name"]: x["value"] for x in json.load(f)}
        return os.path.join(options["prefix"], options["libexecdir"])

    def gadget(self, what, machine=None):
        return (machine or self.user).run("/bin/sh", "/tmp/gadget", what).decode().split()

    def plug(self, allowed=True):
        """Plugs the stick in; its node, which the user may open or not."""
        if self.gadget("node"):
            self.unplug()
        rule = 'SUBSYSTEM=="usb", ATTR{serial}=="0123456789", MODE="0666"\n' if allowed else ""
        self.user.put(rule.encode(), "/run/udev/rules.d/99-stick.rules")
        self.user.sh("udevadm control --reload")
        self.gadget("plug")
        node = wait_for(lambda: self.gadget("node"), SLOW_S, "the stick at the user's machine")[0]
        self.user.sh("udevadm settle")
        return node

    def unplug(self):
        self.gadget("unplug")
        wait_for(lambda: not self.gadget("node"), SLOW_S, "the stick is out")

    # ---- the viewer on the user's machine

    def viewer(self, *options):
        self.quit_viewer()
        self.user.desk("rm -rf ~/.config/osvdi-viewer")
        self.pid = self.user.start("/usr/bin/env", *USER_ENV, "/bin/sh", "-c",
                                   "exec /usr/local/bin/osvdi-viewer -v -t desk " +
                                   " ".join(options) +
                                   f" spice://10.0.2.2:{self.desk.port} > /tmp/viewer.log 2>&1")
        self.window("^desk$")

    def quit_viewer(self):
        self.user.sh("pkill -x osvdi-viewer; rm -f /tmp/viewer.log; true")

    def said(self):
        return self.user.sh("cat /tmp/viewer.log").decode()

    def xdo(self, *words):
        return self.user.desk("xdotool " + " ".join(map(str, words))).decode()

    def window(self, name):
        def find():
            return self.user.desk(f"xdotool search --onlyvisible --name '{name}' || true").split()
        return wait_for(find, SLOW_S, f"a window called {name}")[0].decode()

    def pop_up(self, key):
        """Presses a key that opens a menu, and waits for that."""
        def shown():
            return set(self.user.desk("xdotool search --onlyvisible --class osvdi-viewer "
                                      "|| true").split())
        before = shown()
        self.xdo("key", key)
        wait_for(lambda: shown() - before, SLOW_S, f"a menu by {key}")

    def dialog(self):
        """Opens the dialog of USB devices by the menu."""
        window = self.window("^desk$")
        self.xdo("windowactivate", "--sync", window, "windowfocus", "--sync", window)
        self.pop_up("ctrl+shift+F12")
        self.xdo("key", "u")
        dialog = self.window("^USB devices$")
        self.xdo("windowactivate", "--sync", dialog)
        return dialog

    def picture(self, name):
        keep = os.environ.get("OSVDI_TEST_OUTPUT")
        if keep:
            os.makedirs(keep, exist_ok=True)
            self.user.screenshot(self.file("screen.ppm"))
            subprocess.run(["convert", self.file("screen.ppm"), os.path.join(keep, name + ".png")],
                           check=False)


def tick(rig):
    """The first device's box in the dialog, by the keyboard."""
    rig.xdo("key", "space")


def disk(rig, machine):
    """The stick as a disk of the machine, when it is there."""
    return wait_for(lambda: rig.gadget("disk", machine), SLOW_S,
                    f"the stick as a disk of machine {machine.name}")[0]


def explanation(rig, picture):
    """The viewer's message about the last device, once there is one."""
    wait_for(lambda: "USB: " in rig.said(), SLOW_S, "an explanation")
    rig.picture(picture)
    said = rig.said().split("USB: ")[-1]
    print(said)
    return said


def denied(rig):
    """A user who may not open the device is told so, and what to do."""
    rig.plug(allowed=False)
    rig.viewer()
    rig.dialog()
    tick(rig)
    said = explanation(rig, "usb-denied")
    check("You may not open this USB device" in said and "udev rule" in said,
          "permission denied: cause and remedy")
    check(not rig.gadget("disk", rig.desk), "the desktop has no stick")
    check(disk(rig, rig.user), "the user's machine still has it")


def busy(rig):
    """A device that another program uses."""
    node = rig.plug()
    pid = rig.user.start("/usr/bin/env", *USER_ENV, "/bin/sh", "-c",
                         f"exec /usr/local/bin/usb-claim {node} > /tmp/claim")
    wait_for(lambda: b"claimed" in rig.user.sh("cat /tmp/claim 2> /dev/null || true"), SLOW_S,
             "the other program has the stick")
    rig.viewer()
    rig.dialog()
    tick(rig)
    check("Another program uses the device" in explanation(rig, "usb-busy"),
          "busy: cause and remedy")
    rig.user.sh("pkill -x usb-claim")
    rig.user.finish(pid)


def given(rig):
    """Ticked: the desktop reads and writes the stick; unticked: it is back."""
    if rig.gadget("node"):
        rig.unplug()
    content = random.Random(1).randbytes(SIZE)
    rig.user.put(content, "/tmp/stick.img")
    rig.plug()
    rig.viewer()
    rig.dialog()
    tick(rig)
    there = disk(rig, rig.desk)
    rig.picture("usb-given")
    check(not rig.gadget("disk"), "the stick has left the user's machine")
    read = rig.desk.sh(f"dd if={there} bs=1M 2> /dev/null | sha256sum",
                       limit_s=300).decode().split()[0]
    check(read == hashlib.sha256(content).hexdigest(), f"the desktop reads its {SIZE >> 20} MiB")
    rig.desk.sh(f"yes desktop | head -c 1048576 > /tmp/new; dd if=/tmp/new of={there} bs=64k "
                f"seek=16 conv=fsync", limit_s=300)
    tick(rig)
    disk(rig, rig.user)
    check(True, "given back: a disk of the user's machine again")
    wait_for(lambda: not rig.gadget("disk", rig.desk), SLOW_S, "the desktop has lost it")
    want = content[:1 << 20] + (b"desktop\n" * (1 << 17)) + content[2 << 20:]
    got = rig.user.sh("sync; sha256sum /tmp/stick.img").decode().split()[0]
    check(got == hashlib.sha256(want).hexdigest(), "what the desktop wrote is on the stick")


def hot_plug(rig):
    """Pulled out while given away; then the policies, each kept."""
    tick(rig)
    disk(rig, rig.desk)
    rig.unplug()
    wait_for(lambda: not rig.gadget("disk", rig.desk), SLOW_S, "the desktop has lost it")
    check(True, "pulled out while the desktop had it")
    rig.plug()
    disk(rig, rig.user)
    time.sleep(NOTHING_S)
    check(not rig.gadget("disk", rig.desk), "plugged in again, asking: it stays here")
    policy(rig, "Down")
    wait_for(lambda: b"usb-auto=true" in settings(rig), SLOW_S, "the choice is kept")
    rig.unplug()
    rig.xdo("key", "Escape")
    rig.xdo("windowactivate", "--sync", rig.window("^desk$"))
    rig.plug()
    disk(rig, rig.desk)
    check(True, "plugged in, giving: the desktop has it")
    rig.dialog()
    policy(rig, "Down")
    wait_for(lambda: b"usb-never=true" in settings(rig), SLOW_S, "the choice is kept")
    rig.picture("usb-never")
    rig.unplug()
    rig.xdo("key", "Escape")
    rig.plug()
    disk(rig, rig.user)
    time.sleep(NOTHING_S)
    check(not rig.gadget("disk", rig.desk), "plugged in, never: it stays here")
    rig.dialog()
    rig.picture("usb-never-2")
    tick(rig)
    time.sleep(NOTHING_S)
    check(not rig.gadget("disk", rig.desk), "never: not by its box either")


def policy(rig, key):
    rig.pop_up("alt+p")
    rig.picture("usb-policy")
    rig.xdo("key", key, "key", "Return")


def settings(rig):
    return rig.user.desk("cat ~/.config/osvdi-viewer/settings 2> /dev/null || true")


TESTS = {"denied": denied, "busy": busy, "given": given, "hot-plug": hot_plug}


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    args = p.parse_args()
    for tool in ("qemu-system-x86_64", "mmdebstrap", "genext2fs"):
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed")
            sys.exit(77)
    with UsbRig(args.build) as rig:
        try:
            rig.boot()
            for name, test in TESTS.items():
                print("-- " + name, flush=True)
                test(rig)
        except Failed as e:
            print(f"FAILED: {e}")
            for name in ("desk", "user"):
                print(f"--- {name}\n" + rig.read_log(name + "-qemu.log")[-1000:] +
                      rig.read_log(name + ".log")[-2000:])
            rig.picture("usb-failed")
            sys.exit(1)


if __name__ == "__main__":
    main()
