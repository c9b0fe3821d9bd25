# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: the services, each function one process."""
import contextlib
import glob
import os
import socket
import sys
import time

from lab_common import HOST, PORTS, T0, VIRT, log, p, write
from lab_idp import before_keystone, idp_app
from lab_sqlite import sqlite_new
from lab_standins import network_app, vv_app


def wsgi_serve(app, port):
    import eventlet
    from eventlet import wsgi
    wsgi.server(eventlet.listen((HOST, port), backlog=128), app,
                log_output=False, keepalive=True, debug=False)


def cmd_serve_identity():
    """Keystone and Placement in one process, and the small stand-ins."""
    import eventlet
    eventlet.monkey_patch()
    os.environ['OS_KEYSTONE_CONFIG_DIR'] = p('etc')
    os.environ['OS_PLACEMENT_CONFIG_DIR'] = p('etc')
    sys.argv = ['lab-identity']
    eventlet.spawn(wsgi_serve, network_app, PORTS['network'])
    eventlet.spawn(wsgi_serve, vv_app, PORTS['vv'])
    from keystone.server import wsgi as keystone_wsgi
    keystone = keystone_wsgi.initialize_public_application()
    eventlet.spawn(wsgi_serve, before_keystone(keystone), PORTS['keystone'])
    eventlet.spawn(wsgi_serve, idp_app, PORTS['idp'])
    eventlet.sleep(0)
    log('keystone up')
    try:
        from placement.wsgi import api
        app = api.application
    except (ImportError, AttributeError):     # placement < 12
        from placement import wsgi
        app = wsgi.init_application()
    log('placement up')
    wsgi_serve(app, PORTS['placement'])


def cmd_serve_glance():
    from glance.cmd import api
    sys.argv = ['glance-api', '--config-file', p('etc', 'glance-api.conf')]
    api.main()


def listening(port):
    with contextlib.closing(socket.socket()) as s:
        s.settimeout(2)
        return s.connect_ex((HOST, port)) == 0


def cmd_serve_nova():
    """nova-api, -conductor, -scheduler, -compute and -spicehtml5proxy as green
    threads of one process, over oslo.messaging's in-process transport."""
    import nova.cmd  # noqa: monkey-patches first
    import eventlet
    from nova.cmd import baseproxy  # noqa: registers the proxy's options
    os.environ['OS_NOVA_CONFIG_DIR'] = p('etc')
    os.environ['OS_NOVA_CONFIG_FILES'] = 'api-paste.ini;nova.conf'
    sys.argv = ['lab-nova', '--config-file', p('etc', 'nova.conf')]
    from nova.api.openstack.compute import wsgi as nova_wsgi
    app = nova_wsgi.init_application()
    import nova.conf
    import os_brick
    import os_vif
    from oslo_service import service as oslo_service
    from nova.compute import rpcapi as compute_rpcapi
    from nova.conductor import rpcapi as conductor_rpcapi
    from nova import objects
    from nova.scheduler import rpcapi as scheduler_rpcapi
    from nova import service
    CONF = nova.conf.CONF
    objects.register_all()
    objects.Service.enable_min_version_cache()
    if hasattr(os_brick, 'setup'):
        os_brick.setup(CONF)
    os_vif.initialize()
    if VIRT == 'libvirt':
        prepare_libvirt()
    log('nova loaded')
    while not (listening(PORTS['keystone']) and listening(PORTS['placement'])):
        eventlet.sleep(0.05)
    eventlet.spawn(wsgi_serve, app, PORTS['nova'])
    launcher = oslo_service.ServiceLauncher(CONF)
    started = []
    for binary, topic in (
            ('nova-conductor', conductor_rpcapi.RPC_TOPIC),
            ('nova-scheduler', scheduler_rpcapi.RPC_TOPIC),
            ('nova-compute', compute_rpcapi.RPC_TOPIC)):
        started.append(service.Service.create(binary=binary, topic=topic))
        launcher.launch_service(started[-1])
    spice_proxy(CONF)

    def ready():
        while not all(s.rpcserver for s in started):
            eventlet.sleep(0.02)
        write(p('run', 'nova.ready'), '%.2f\n' % (time.time() - T0))
        log('nova up')
    eventlet.spawn(ready)
    launcher.wait()


def libvirt_ready():
    import ctypes
    import libvirt
    # The embedded driver wants an event loop before the first connection;
    # nova >= 27 opens one before it registers its own.
    libvirt.virEventRegisterDefaultImpl()
    # libvirt keeps what it learns of QEMU (seconds of probing) under the
    # newest change time among the modules it has loaded: a module loaded
    # later throws that away. Count them all now.
    try:
        update = ctypes.CDLL('libvirt.so.0').virUpdateSelfLastChanged
        for path in glob.glob('/usr/lib/*/libvirt/*/*.so'):
            update(os.fsencode(path))
    except (OSError, AttributeError):
        pass
    return libvirt


def cmd_probe():
    """Have libvirt learn about QEMU while the databases are made."""
    with open(p('log', 'probe.log'), 'w') as f:
        os.dup2(f.fileno(), 2)
    c = libvirt_ready().open(
        'qemu:///embed?root=' + os.environ['LAB_LIBVIRT'])
    c.getCapabilities()
    c.getDomainCapabilities(None, 'x86_64', None, 'qemu')
    c.close()


def prepare_libvirt():
    libvirt_ready()
    from os_brick import privileged as brick
    from nova import privsep
    from nova.virt import images
    # We are root already: no helper process, and no limiter, each a Python
    # of its own to start.
    privsep.sys_admin_pctxt.set_client_mode(False)
    brick.default.set_client_mode(False)
    images.QEMU_IMG_LIMITS = None


def spice_proxy(CONF):
    """Nova's own console proxy handler on green threads: the in-process
    message bus cannot be reached from another process."""
    import eventlet
    from eventlet import hubs
    from nova.console import websocketproxy
    from websockify import websocketproxy as websockify
    real_use_hub = hubs.use_hub

    def use_hub(*args, **kwargs):
        # The handler renews the hub because it normally runs in a forked
        # child; here the hub is the whole process's.
        caller = sys._getframe(1).f_globals.get('__name__')
        if caller != 'nova.console.websocketproxy':
            return real_use_hub(*args, **kwargs)
    hubs.use_hub = use_hub

    class Server(websockify.LibProxyServer):
        security_proxy = None
        daemon_threads = True
        file_only = True  # as nova.cmd.baseproxy has it
    server = Server(websocketproxy.NovaProxyRequestHandler,
                    listen_host=HOST, listen_port=PORTS['spice'],
                    web=CONF.web, target_host='ignore', target_port=1)
    eventlet.spawn(server.serve_forever)


def cmd_serve_blazar():
    """blazar-api and blazar-manager in one process."""
    import eventlet
    eventlet.monkey_patch()
    import gettext
    gettext.install('blazar')
    from oslo_config import cfg
    from oslo_service import service
    from blazar.api import app
    from blazar.cmd import api  # noqa: registers options
    from blazar.db import api as db_api
    from blazar.manager import service as manager
    from blazar.notification import notifier
    from blazar.utils import service as service_utils
    cfg.CONF(['--config-file', p('etc', 'blazar.conf')], project='blazar',
             prog='blazar')
    service_utils.prepare_service()
    sqlite_new('blazar.db')
    db_api.setup_db()
    notifier.init()
    while not (listening(PORTS['keystone']) and listening(PORTS['nova'])):
        eventlet.sleep(0.05)
    launcher = service.ServiceLauncher(cfg.CONF)
    launcher.launch_service(manager.ManagerService())
    eventlet.spawn(wsgi_serve, app.VersionSelectorApplication(),
                   PORTS['blazar'])
    launcher.wait()
