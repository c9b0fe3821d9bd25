# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A SPICE proxy that tells the viewer of monitors that the server does not have."""
import socket
import struct
import threading

DISPLAY = 2              # SPICE_CHANNEL_DISPLAY
MONITORS_CONFIG = 317    # SPICE_MSG_DISPLAY_MONITORS_CONFIG
LINK_HEADER = 16


class MonitorProxy:
    """say([(id, x, y, width, height), ...]) as the server of "port" would; its own words on
    that are dropped."""

    def __init__(self, port):
        self.target = port
        self.display = None
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.serve, args=(client, server), daemon=True).start()

    def serve(self, client, server):
        try:
            link = client.recv(LINK_HEADER, socket.MSG_WAITALL)
            link += client.recv(struct.unpack_from("<I", link, 12)[0], socket.MSG_WAITALL)
            server.sendall(link)
            threading.Thread(target=self.pump, args=(client, server), daemon=True).start()
            if link[LINK_HEADER + 4] == DISPLAY:
                self.watch(client, server)
            else:
                self.pump(server, client)
        except (OSError, struct.error):
            pass

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def watch(self, client, server):
        """The display channel, message by message (with small headers, as all servers of today)."""
        reply = server.recv(LINK_HEADER, socket.MSG_WAITALL)
        rest = struct.unpack_from("<I", reply, 12)[0] + 4  # and the result of the ticket, later
        client.sendall(reply)
        while rest:
            data = server.recv(rest)
            client.sendall(data)
            rest -= len(data)
        with self.lock:
            self.display = client
        while header := server.recv(6, socket.MSG_WAITALL):
            kind, size = struct.unpack("<HI", header)
            body = server.recv(size, socket.MSG_WAITALL) if size else b""
            if kind != MONITORS_CONFIG:
                with self.lock:
                    client.sendall(header + body)

    def say(self, monitors):
        body = struct.pack("<HH", len(monitors), 4)
        body += b"".join(struct.pack("<7I", number, 0, w, h, x, y, 0) for number, x, y, w,
                         h in monitors)
        with self.lock:
            self.display.sendall(struct.pack("<HI", MONITORS_CONFIG, len(body)) + body)
