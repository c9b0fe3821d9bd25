# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A graphics device in another process as QEMU sees it (vhost-user-gpu), just
real enough to show buffers by descriptor: QEMU hands them to its displays as
DMA-BUFs. No GPU is needed; the descriptors are memfds.

Messages: docs/interop/vhost-user.rst and vhost-user-gpu.rst of QEMU.
"""
import mmap
import os
import socket
import struct
import threading

GET_FEATURES, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM = 1, 15, 17
GET_VRING_BASE, GET_CONFIG, GPU_SET_SOCKET = 11, 24, 33
F_VERSION_1, F_PROTOCOL_FEATURES, PROTOCOL_F_CONFIG = 1 << 32, 1 << 30, 1 << 9
REPLY = 1 | 4  # version 1, reply

CURSOR_POS, CURSOR_UPDATE, DMABUF_SCANOUT, DMABUF_UPDATE = 4, 6, 9, 10
XRGB8888 = 0x34325258


class Buffer:
    """Pixels in a memfd."""

    def __init__(self, width, height, stride=None):
        self.width, self.height = width, height
        self.stride = stride or width * 4
        self.fd = os.memfd_create('buffer', os.MFD_CLOEXEC)
        os.ftruncate(self.fd, self.stride * height)
        self.map = mmap.mmap(self.fd, self.stride * height)

    def fill(self, x, y, width, height, colour):
        row = struct.pack('<I', colour) * width
        for line in range(y, y + height):
            at = line * self.stride + x * 4
            self.map[at:at + len(row)] = row

    def show(self, pattern, flipped=False):
        w, h = pattern.width // 2, pattern.height // 2
        for quarter, colour in enumerate(pattern.colours):
            row = quarter // 2 ^ flipped
            self.fill(quarter % 2 * w, row * h, w, h, colour)


class Gpu:
    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        self.display = None
        self.ready = threading.Event()
        self.updates_done = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        self.control, _ = self.listener.accept()
        while True:
            header, fds, _, _ = socket.recv_fds(self.control, 12, 64)
            if len(header) < 12:
                return
            request, _, size = struct.unpack('<III', header)
            payload = b''
            while len(payload) < size:
                payload += self.control.recv(size - len(payload))
            if request == GPU_SET_SOCKET:
                self.display = socket.socket(fileno=fds.pop())
                threading.Thread(target=self.read_display, args=(self.display,),
                                 daemon=True).start()
                self.ready.set()
            for fd in fds:
                os.close(fd)
            self.answer(request, payload)

    def answer(self, request, payload):
        u64 = {GET_FEATURES: F_VERSION_1 | F_PROTOCOL_FEATURES,
               GET_PROTOCOL_FEATURES: PROTOCOL_F_CONFIG, GET_QUEUE_NUM: 2}
        if request in u64:
            payload = struct.pack('<Q', u64[request])
        elif request not in (GET_CONFIG, GET_VRING_BASE):
            return
        self.control.sendall(struct.pack('<III', request, REPLY, len(payload)) + payload)

    def read_display(self, display):
        """QEMU answers each update when a new one may come."""
        while True:
            header = display.recv(12, socket.MSG_WAITALL)
            if len(header) < 12:
                return
            request, _, size = struct.unpack('<III', header)
            if size:
                display.recv(size, socket.MSG_WAITALL)
            if request == DMABUF_UPDATE:
                self.updates_done += 1

    def send(self, request, payload, fds=()):
        socket.send_fds(self.display, [struct.pack('<III', request, 0, len(payload)) + payload],
                        list(fds))

    def scanout(self, buffer, x, y, width, height, flipped=False):
        self.send(DMABUF_SCANOUT, struct.pack(
            '<9Ii', 0, x, y, width, height, buffer.width, buffer.height, buffer.stride,
            1 if flipped else 0, XRGB8888), [buffer.fd])

    def off(self):
        self.send(DMABUF_SCANOUT, struct.pack('<9Ii', *[0] * 10))

    def update(self, x, y, width, height):
        self.send(DMABUF_UPDATE, struct.pack('<5I', 0, x, y, width, height))
