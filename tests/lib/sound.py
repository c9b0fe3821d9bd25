# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A sound server without hardware, whose speaker can be heard and whose
microphone can be spoken into."""
import array
import math
import os
import subprocess

from harness import Failed, wait_for

RATE = 48000


def tone(hz, seconds):
    """So many seconds of a sine, 16 bits, one channel."""
    return array.array("h", (int(12000 * math.sin(2 * math.pi * hz * i / RATE))
                             for i in range(int(RATE * seconds)))).tobytes()


def tone_of(samples, rate=RATE):
    """(seconds that are not silent, their frequency in Hz or 0), in blocks of 50 ms:
    the median, so that gaps do no harm."""
    data = array.array("h", samples[:len(samples) // 2 * 2])
    size = rate // 20
    found = []
    for at in range(0, len(data) - size, size):
        block = data[at:at + size]
        if max(block) < 1000 or min(block) > -1000:
            continue
        found.append(sum(a < 0 <= b for a, b in zip(block, block[1:])) * 20)
    found.sort()
    return len(found) / 20, found[len(found) // 2] if found else 0


class Sound:
    def __init__(self, rig):
        self.rig = rig
        path = rig.file("pulse.sock")
        self.env = {"PULSE_SERVER": "unix:" + path, "PULSE_COOKIE": rig.file("pulse.cookie")}
        modules = [f"module-native-protocol-unix auth-anonymous=1 socket={path}",
                   f"module-null-sink sink_name=speaker rate={RATE}",
                   f"module-null-sink sink_name=cable rate={RATE}",
                   "module-remap-source source_name=microphone master=cable.monitor"]
        argv = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        with rig.log("pulse.log") as log:
            self.process = rig.procs.start(argv + [x for m in modules for x in ("-L", m)],
                                           env={**rig.env, "HOME": rig.dir}, stdout=log, stderr=log)
        wait_for(lambda: os.path.exists(path) or self.process.poll() is not None, 20,
                 "the sound server")
        if self.process.poll() is not None:
            raise Failed("pulseaudio ended: " + rig.read_log("pulse.log"))
        self.control("set-default-sink", "speaker")
        self.control("set-default-source", "microphone")

    def control(self, *words):
        return subprocess.run(["pactl", *words], env={**self.rig.env, **self.env}, check=True,
                              capture_output=True, text=True).stdout

    def hear(self, seconds):
        """The sound that comes out of the speaker meanwhile."""
        argv = ["timeout", str(seconds), "parec", "-d", "speaker.monitor", "--format=s16le",
                f"--rate={RATE}",
                "--channels=1", "--raw"]
        return subprocess.run(argv, env={**self.rig.env, **self.env}, stdout=subprocess.PIPE).stdout

    def speak(self, data):
        """Plays samples into the microphone, in the background."""
        with open(self.rig.file("speech.raw"), "wb") as f:
            f.write(data)
        argv = ["paplay", "-d", "cable", "--raw", "--format=s16le", f"--rate={RATE}",
                "--channels=1", self.rig.file("speech.raw")]
        return self.rig.procs.start(argv, env={**self.rig.env, **self.env})
