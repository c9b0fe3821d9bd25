#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stock ffmpeg and GStreamer encode and decode through the software VA driver.

test-stock.py DISPLAY-SHIM GSTREAMER-SHIM|-
The environment names the driver (LIBVA_DRIVERS_PATH, LIBVA_DRIVER_NAME).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

WIDTH, HEIGHT, FRAMES = 320, 180, 40
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2


def run(args, preload=()):
    env = dict(os.environ, SOFT_VA="log", GST_VAAPI_DRM_DEVICE="/dev/null",
               GST_VAAPI_ALL_DRIVERS="1", GST_VA_ALL_DRIVERS="1",
               GST_REGISTRY=os.path.join(os.getcwd(), "registry"), XDG_RUNTIME_DIR=os.getcwd())
    if preload:
        env["LD_PRELOAD"] = ":".join(preload)
    done = subprocess.run(args, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        sys.exit(f"{' '.join(args)}\nexits {done.returncode}:\n{text[-4000:]}")
    return text


def ffmpeg(*args, preload=()):
    return run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args], preload)


RAW = ["-f", "rawvideo", "-pix_fmt", "nv12", "-s", f"{WIDTH}x{HEIGHT}", "-r", "30"]


def check_psnr(name, least):
    text = run(["ffmpeg", "-nostdin", "-r", "30", "-i", name, *RAW, "-i", "source.nv12",
                "-lavfi", "psnr", "-f", "null", "-"])
    frames = re.findall(r"frame=\s*(\d+)", text)
    psnr = re.search(r"average:([0-9.]+|inf)", text)
    if not psnr or not frames or int(frames[-1]) != FRAMES:
        sys.exit(f"{name}: not all frames decode:\n{text[-3000:]}")
    print(f"{name}: {psnr[1]} dB, {os.path.getsize(name)} bytes")
    if float(psnr[1]) < least:
        sys.exit(f"{name}: {psnr[1]} dB, {least} wanted")


def same(a, b):
    with open(a, "rb") as fa, open(b, "rb") as fb:
        if fa.read() != fb.read():
            sys.exit(f"{a} differs from {b}")
    print(f"{a} is exact")


def test_ffmpeg(shim):
    def encode(name, *args):
        ffmpeg("-vaapi_device", "/dev/null", *RAW, "-i", "source.nv12", "-vf", "hwupload",
               "-c:v", "h264_vaapi", *args, name, preload=[shim])

    for profile in "constrained_baseline", "main", "high":
        encode(f"ffmpeg-{profile}.h264", "-profile:v", profile, "-qp", "24")
        check_psnr(f"ffmpeg-{profile}.h264", 40)
    encode("ffmpeg-cbr.h264", "-rc_mode", "CBR", "-b:v", "800k", "-low_power", "1")
    check_psnr("ffmpeg-cbr.h264", 33)
    encode("ffmpeg-vbr.h264", "-rc_mode", "VBR", "-b:v", "500k", "-maxrate", "800k")
    check_psnr("ffmpeg-vbr.h264", 30)
    encode("ffmpeg-qvbr.h264", "-rc_mode", "QVBR", "-b:v", "1M", "-maxrate", "2M",
           "-global_quality", "24")
    check_psnr("ffmpeg-qvbr.h264", 33)
    ffmpeg("-hwaccel", "vaapi", "-vaapi_device", "/dev/null", "-i", "b-frames.h264",
           "-f", "rawvideo", "-pix_fmt", "nv12", "ffmpeg-decoded.nv12", preload=[shim])
    same("ffmpeg-decoded.nv12", "reference.nv12")


def test_gstreamer(preload, encoders, decoders):
    parse = f"rawvideoparse format=nv12 width={WIDTH} height={HEIGHT} framerate=30/1"
    stream = "h264parse ! video/x-h264,stream-format=byte-stream"

    def launch(text):
        run(["gst-launch-1.0", "-q", *text.split()], preload)

    for name, encoder, least in encoders:
        launch(f"filesrc location=source.nv12 ! {parse} ! {encoder} ! {stream} ! "
               f"filesink location={name}.h264")
        check_psnr(f"{name}.h264", least)
    for decoder in decoders:
        launch(f"filesrc location=b-frames.h264 ! h264parse ! {decoder} ! "
               f"video/x-raw,format=NV12 ! videoconvert ! video/x-raw,format=I420 ! "
               f"filesink location={decoder}.i420")
        same(f"{decoder}.i420", "reference.i420")


def have_element(name, preload):
    env = dict(os.environ, LD_PRELOAD=":".join(preload), GST_VAAPI_DRM_DEVICE="/dev/null",
               GST_VAAPI_ALL_DRIVERS="1", GST_VA_ALL_DRIVERS="1",
               GST_REGISTRY=os.path.join(os.getcwd(), "registry"))
    return subprocess.run(["gst-inspect-1.0", "--exists", name], env=env, check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def make_sources():
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r=30", "-frames:v", str(FRAMES),
           "-pix_fmt", "nv12", "-f", "rawvideo", "source.nv12")
    ffmpeg(*RAW, "-i", "source.nv12", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "3",
           "-refs", "4", "b-frames.h264")
    for name, fmt in ("reference.nv12", "nv12"), ("reference.i420", "yuv420p"):
        ffmpeg("-i", "b-frames.h264", "-f", "rawvideo", "-pix_fmt", fmt, name)


def main():
    display, gst = sys.argv[1:3]
    ran = False
    if not shutil.which("ffmpeg"):
        print("no ffmpeg")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_sources()
        if "h264_vaapi" in run(["ffmpeg", "-hide_banner", "-encoders"]):
            test_ffmpeg(display)
            ran = True
        if shutil.which("gst-launch-1.0") and have_element("vaapih264enc", [display]):
            test_gstreamer([display], [
                ("vaapi-cqp", "vaapih264enc rate-control=cqp init-qp=24", 40),
                ("vaapi-cbr", "vaapih264enc rate-control=cbr bitrate=800 tune=low-power", 33),
            ], ["vaapih264dec"])
            ran = True
        if gst != "-" and have_element("vah264enc", [display, gst]):
            test_gstreamer([display, gst], [
                ("va-cqp", "vah264enc rate-control=cqp b-frames=0", 38),
                ("va-vbr", "vah264lpenc rate-control=vbr bitrate=800", 30),
                ("va-postproc", "vapostproc ! video/x-raw(memory:VAMemory),format=BGRA ! "
                                "vapostproc ! vah264enc rate-control=cqp b-frames=0", 25),
            ], ["vah264dec"])
            ran = True
        os.chdir("/")
    if not ran:
        print("neither ffmpeg nor GStreamer has VA-API elements")
        sys.exit(77)


if __name__ == "__main__":
    main()
