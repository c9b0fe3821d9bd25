# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: TLS in front of what users reach."""
import contextlib
import socket

from lab_common import HOST, PORTS, TLS_NAMES, p


def cmd_serve_tls():
    """TLS in front of what users reach: port + 10 for each."""
    import ssl
    import threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(p('tls', 'server-cert.pem'),
                            p('tls', 'server-key.pem'))

    def pump(a, b):
        try:
            while True:
                data = a.recv(65536)
                if not data:
                    break
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def client(raw, port):
        try:
            with contextlib.closing(socket.create_connection((HOST, port))) \
                    as up, context.wrap_socket(raw, server_side=True) as down:
                back = threading.Thread(target=pump, args=(up, down),
                                        daemon=True)
                back.start()
                pump(down, up)
                back.join()
        except OSError:
            raw.close()

    def serve(port):
        s = socket.create_server((HOST, port + 10), backlog=128)
        while True:
            raw, _ = s.accept()
            threading.Thread(target=client, args=(raw, port),
                             daemon=True).start()
    threads = [threading.Thread(target=serve, args=(PORTS[n],), daemon=True)
               for n in TLS_NAMES]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
