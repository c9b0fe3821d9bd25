# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: the configuration files and certificates."""
import base64
import os
import subprocess

from lab_common import (BASE, BLAZAR, D, HOST, PORTS, PUBLIC, SECURE, URL,
                        VIRT, VNC, WEB, p, secret, write)
from lab_sqlite import sqlite_url

API_PASTE = """
[composite:osapi_compute]
use = call:nova.api.openstack.urlmap:urlmap_factory
/: oscomputeversions
/v2.1: oscomputeversion_v2
/v2.1/+: openstack_compute_api_v21

[composite:openstack_compute_api_v21]
use = call:nova.api.auth:pipeline_factory_v21
keystone = cors http_proxy_to_wsgi compute_req_id faultwrap request_log sizelimit \
authtoken keystonecontext osapi_compute_app_v21

[pipeline:oscomputeversions]
pipeline = cors faultwrap request_log http_proxy_to_wsgi oscomputeversionapp

[pipeline:oscomputeversion_v2]
pipeline = cors compute_req_id faultwrap request_log http_proxy_to_wsgi oscomputeversionapp_v2

[app:osapi_compute_app_v21]
paste.app_factory = nova.api.openstack.compute:APIRouterV21.factory

[app:oscomputeversionapp]
paste.app_factory = nova.api.openstack.compute.versions:Versions.factory

[app:oscomputeversionapp_v2]
paste.app_factory = nova.api.openstack.compute.versions:VersionsV2.factory

[filter:request_log]
paste.filter_factory = nova.api.openstack.requestlog:RequestLog.factory

[filter:compute_req_id]
paste.filter_factory = nova.api.compute_req_id:ComputeReqIdMiddleware.factory

[filter:faultwrap]
paste.filter_factory = nova.api.openstack:FaultWrapper.factory

[filter:sizelimit]
paste.filter_factory = oslo_middleware:RequestBodySizeLimiter.factory

[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware.http_proxy_to_wsgi:HTTPProxyToWSGI.factory

[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
oslo_config_project = nova

[filter:keystonecontext]
paste.filter_factory = nova.api.auth:NovaKeystoneContext.factory

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
"""

GLANCE_PASTE = """
[pipeline:glance-api-keystone]
pipeline = versionnegotiation authtoken context rootapp

[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app

[app:apiversions]
paste.app_factory = glance.api.versions:create_resource

[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory

[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory

[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = true
"""


def db(name):
    return {'connection': sqlite_url(name), 'sqlite_synchronous': 'false'}


def service_auth():
    return {
        'auth_type': 'password', 'auth_url': URL['keystone'] + '/v3',
        'username': 'lab-service', 'password': secret('service'),
        'user_domain_name': 'Default', 'project_name': 'service',
        'project_domain_name': 'Default', 'region_name': 'RegionOne',
    }


def authtoken():
    return dict(service_auth(), www_authenticate_uri=PUBLIC['keystone'] + '/v3',
                service_token_roles='service',
                service_token_roles_required='true')


def conf(name, sections):
    out = []
    for section, values in sections.items():
        out.append('[%s]' % section)
        out += ['%s = %s' % kv for kv in values.items()] + ['']
    write(p('etc', name), '\n'.join(out), 0o600)


def openssl(*args):
    subprocess.run(('openssl',) + args, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def certificates():
    """A CA and one loopback certificate, for SPICE and for the TLS front."""
    d = p('tls')
    if os.path.exists(p('tls', 'server-cert.pem')):
        return
    os.makedirs(d, mode=0o700, exist_ok=True)
    ca_key, ca, key = p('tls', 'ca-key.pem'), p('tls', 'ca-cert.pem'), p(
        'tls', 'server-key.pem')
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650',
            '-keyout', ca_key, '-out', ca, '-subj', '/O=openstack-lab/CN=lab CA')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key,
            '-out', p('tls', 'req.pem'), '-subj', '/O=openstack-lab/CN=127.0.0.1')
    write(p('tls', 'ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n'
          'extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
    openssl('x509', '-req', '-in', p('tls', 'req.pem'), '-CA', ca, '-CAkey',
            ca_key, '-CAcreateserial', '-days', '3650', '-extfile',
            p('tls', 'ext'), '-out', p('tls', 'server-cert.pem'))


def cmd_config():
    for d in ('secrets', 'etc'):
        os.makedirs(p(d), mode=0o700, exist_ok=True)
    for d in ('db', 'state', 'log', 'run', 'images', 'lock', 'instances',
              'web', 'staging'):
        os.makedirs(p(d), exist_ok=True)
    for d in ('fernet-keys', 'credential-keys'):
        os.makedirs(p('etc', d), mode=0o700, exist_ok=True)
        for n in ('0', '1'):
            if not os.path.exists(p('etc', d, n)):
                write(p('etc', d, n), base64.urlsafe_b64encode(
                    os.urandom(32)).decode(), 0o600)
    for user in ('admin', 'alice', 'bob', 'carol', 'oidc-client', 'service'):
        secret(user)
    certificates()
    policy = {'policy_dirs': p('etc', 'none')}
    conf('keystone.conf', {
        'DEFAULT': {'public_endpoint': PUBLIC['keystone'] + '/',
                    'use_stderr': 'true'},
        'database': db('keystone.db'),
        'token': {'provider': 'fernet', 'expiration': '14400'},
        'fernet_tokens': {'key_repository': p('etc', 'fernet-keys')},
        'fernet_receipts': {'key_repository': p('etc', 'fernet-keys')},
        'credential': {'key_repository': p('etc', 'credential-keys')},
        'identity': {'password_hash_algorithm': 'bcrypt',
                     'password_hash_rounds': '4'},
        'cache': {'enabled': 'true', 'backend': 'oslo_cache.dict'},
        'auth': {'methods': 'password,token,application_credential,openid'},
        'oslo_policy': policy,
    })
    conf('placement.conf', {
        'DEFAULT': {'use_stderr': 'true'},
        'api': {'auth_strategy': 'keystone'},
        'placement_database': dict(db('placement.db'), sync_on_startup='true'),
        'keystone_authtoken': authtoken(),
        'oslo_policy': policy,
    })
    write(p('etc', 'glance-api-paste.ini'), GLANCE_PASTE)
    conf('glance-api.conf', {
        'DEFAULT': {'use_stderr': 'true', 'bind_host': HOST,
                    'bind_port': PORTS['glance'], 'workers': '0',
                    'node_staging_uri': 'file://' + p('staging'),
                    'enabled_import_methods': '[]',
                    'worker_self_reference_url': URL['glance'],
                    'enabled_backends': 'lab:file'},
        'glance_store': {'default_backend': 'lab'},
        'lab': {'filesystem_store_datadir': p('images')},
        'os_glance_staging_store': {'filesystem_store_datadir': p('staging')},
        'os_glance_tasks_store': {
            'filesystem_store_datadir': p('staging', 'tasks')},
        'database': db('glance.db'),
        'keystone_authtoken': authtoken(),
        'paste_deploy': {'flavor': 'keystone',
                         'config_file': p('etc', 'glance-api-paste.ini')},
        'oslo_policy': policy,
        'oslo_concurrency': {'lock_path': p('lock')},
    })
    write(p('etc', 'api-paste.ini'), API_PASTE)
    nova = {
        'DEFAULT': {
            'use_stderr': 'true', 'debug': os.environ.get('LAB_DEBUG', 'false'),
            'default_log_levels': 'sqlalchemy=WARN,iso8601=WARN,stevedore=WARN,'
            'oslo_messaging=ERROR,keystonemiddleware=ERROR,urllib3=WARN,'
            'keystoneauth=WARN,oslo.cache=INFO,websocket=WARN,'
            'nova.compute.manager=WARN,nova.virt.libvirt.host=ERROR',
            'host': 'lab', 'my_ip': HOST,
            'state_path': p('state'), 'instances_path': p('instances'),
            'transport_url': 'fake://',
            'compute_driver': ('libvirt.LibvirtDriver' if VIRT == 'libvirt'
                               else 'fake.FakeDriver'),
            'enabled_apis': 'osapi_compute',
            'periodic_fuzzy_delay': '0', 'report_interval': '5',
            'vif_plugging_is_fatal': 'false', 'vif_plugging_timeout': '0',
            'web': WEB or p('web'),
            'shutdown_timeout': '0', 'shelved_offload_time': '0',
            'cpu_allocation_ratio': '64', 'ram_allocation_ratio': '64',
            'disk_allocation_ratio': '64', 'reserved_host_memory_mb': '0',
        },
        'api': {'auth_strategy': 'keystone',
                'compute_link_prefix': PUBLIC['nova']},
        'wsgi': {'api_paste_config': p('etc', 'api-paste.ini')},
        'database': db('nova_cell1.db'),
        'api_database': db('nova_api.db'),
        'keystone_authtoken': authtoken(),
        'service_user': dict(service_auth(), send_service_user_token='true'),
        'placement': service_auth(),
        'glance': dict(service_auth(), num_retries='1'),
        'neutron': service_auth(),
        'keystone': service_auth(),
        'cinder': {'auth_section': 'service_user'},
        'filter_scheduler': {'enabled_filters': 'ComputeFilter'},
        'vnc': {
            'enabled': str(VNC).lower(),
            'server_listen': HOST, 'server_proxyclient_address': HOST,
            # One proxy serves both: it looks at the token only.
            'novncproxy_base_url': PUBLIC['spice'] + '/vnc_auto.html',
        },
        'spice': {
            'enabled': 'true', 'agent_enabled': 'true',
            'html5proxy_host': HOST, 'html5proxy_port': PORTS['spice'],
            'html5proxy_base_url': PUBLIC['spice'] + (
                '/index.html' if WEB else '/spice_auto.html'),
            'spice_direct_proxy_base_url': PUBLIC['vv'] + '/nova-console.vv',
            'require_secure': str(SECURE).lower(),
            'server_listen': HOST, 'server_proxyclient_address': HOST,
        },
        'consoleauth': {
            'token_ttl': os.environ.get('LAB_TOKEN_TTL', '600')},
        'oslo_concurrency': {'lock_path': p('lock')},
        'oslo_policy': policy,
        'oslo_messaging_notifications': {'driver': 'noop'},
    }
    if VIRT == 'libvirt':
        nova['libvirt'] = {
            'virt_type': 'qemu', 'cpu_mode': 'none', 'images_type': 'qcow2',
            'connection_uri': 'qemu:///embed?root='
            + os.environ['LAB_LIBVIRT'],
        }
        os.makedirs(p('libvirt', 'etc'), exist_ok=True)
        write(p('libvirt', 'etc', 'qemu.conf'), '\n'.join([
            'stdio_handler = "file"', 'user = "root"', 'group = "root"',
            'dynamic_ownership = 0', 'remember_owner = 0',
            'cgroup_controllers = [ ]', 'namespaces = [ ]',
            'security_driver = "none"', 'seccomp_sandbox = 0',
            'spice_listen = "%s"' % HOST, 'spice_tls = 1',
            'spice_tls_x509_cert_dir = "%s"' % p('tls'),
            'remote_display_port_min = %d' % max(BASE + 100, 5900),
            'remote_display_port_max = %d' % max(BASE + 199, 5999), '']))
    conf('nova.conf', nova)
    if BLAZAR:
        conf('blazar.conf', {
            'DEFAULT': {
                'use_stderr': 'true', 'transport_url': 'fake://',
                'host': HOST, 'os_auth_protocol': 'http',
                'os_auth_host': HOST, 'os_auth_port': PORTS['keystone'],
                'os_auth_prefix': '', 'os_auth_version': 'v3',
                'os_admin_username': 'lab-service',
                'os_admin_password': secret('service'),
                'os_admin_user_domain_name': 'Default',
                'os_admin_project_name': 'service',
                'os_admin_project_domain_name': 'Default',
                'os_region_name': 'RegionOne',
            },
            'manager': {'plugins': 'physical.host.plugin,'
                        'virtual.instance.plugin,flavor.instance.plugin'},
            'nova': {'aggregate_freepool_name': 'freepool',
                     'endpoint_type': 'internal'},
            'database': {'connection': sqlite_url('blazar.db')},
            'keystone_authtoken': authtoken(),
            'oslo_policy': policy,
        })
    write(p('web', 'spice_auto.html'),
          '<!doctype html><title>openstack-lab</title>'
          'Connect a WebSocket to /websockify?token=...\n')
