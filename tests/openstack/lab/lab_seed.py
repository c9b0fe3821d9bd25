# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: the users' first servers, and what a shell needs."""
import json
import struct
import sys
import time

import lab_idp
from lab_common import (BLAZAR, PORTS, PUBLIC, SUBJECT, TLS, URL, VIRT, log, p,
                        secret, write)
from lab_rest import auth, call, want


def disk_image():
    """One MiB whose boot sector writes a line and halts, with the partition
    that newer Novas want to see in one."""
    code = bytes.fromhex('31c08ed8be1d7cfcac84c07409b40ebb0700cd10ebf2f4ebfd')
    sector = code.ljust(0x1d, b'\x90') + b'openstack-lab desktop\r\n\0'
    partition = bytes.fromhex('80000200830020ff') + struct.pack('<II', 1, 2047)
    sector = sector.ljust(446, b'\0') + partition
    return (sector.ljust(510, b'\0') + b'\x55\xaa').ljust(1 << 20, b'\0')


def cmd_populate():
    nova, glance = URL['nova'] + '/v2.1', URL['glance'] + '/v2'
    admin, _ = auth('admin')
    alice, alice_info = auth('alice')
    bob, bob_info = auth('bob')
    image = want((201,), call('POST', glance + '/images', {
        'name': 'tiny', 'disk_format': 'raw', 'container_format': 'bare',
        'visibility': 'public'}, admin))['id']
    want((204,), call('PUT', '%s/images/%s/file' % (glance, image),
                      token=admin, raw=disk_image()))
    log('image uploaded')
    if BLAZAR:
        # Blazar takes only a host without servers.
        want((200,), call('POST', nova + '/os-aggregates', {
            'aggregate': {'name': 'freepool'}}, admin))
        host = want((200,), call('GET', nova + '/os-hypervisors',
                                 token=admin))['hypervisors'][0]
        want((201,), call('POST', URL['blazar'] + '/v1/os-hosts', {
            'name': host['hypervisor_hostname']}, admin))
        log('host given to blazar')
    servers = {}
    for name, token in (('alice-desktop', alice), ('alice-off', alice),
                        ('bob-desktop', bob)):
        servers[name] = want((202,), call('POST', nova + '/servers', {
            'server': {'name': name, 'imageRef': image, 'flavorRef': 'desktop',
                       'networks': 'none', 'metadata': {'lab': 'yes'}}},
            token, '2.37'))['server']['id']
    cred = want((201,), call(
        'POST', '%s/v3/users/%s/application_credentials' % (
            URL['keystone'], alice_info['user']['id']),
        {'application_credential': {'name': 'lab', 'roles': [
            {'name': 'member'}]}}, alice))['application_credential']
    # One list a round: polling is work for the same process that builds.
    deadline, stopped = time.time() + 120, False
    goal = {name: 'SHUTOFF' if name == 'alice-off' else 'ACTIVE'
            for name in servers}
    while goal:
        if time.time() > deadline:
            raise SystemExit('servers not ready: %s' % sorted(goal))
        time.sleep(0.2)
        for s in want((200,), call('GET', nova + '/servers/detail',
                                   token=admin))['servers']:
            name = s['name']
            if s['status'] == 'ERROR':
                raise SystemExit('%s: %s' % (name, s.get('fault')))
            if name not in goal or s['OS-EXT-STS:task_state']:
                continue
            if s['status'] == goal[name]:
                del goal[name]
            elif s['status'] == 'ACTIVE' and not stopped:
                want((202,), call(
                    'POST', '%s/servers/%s/action' % (nova, servers[name]),
                    {'os-stop': None}, alice))
                stopped = True
    log('servers ready')
    lab_idp.populate(admin, alice_info['project']['id'])
    project = alice_info['project']['id']
    write(p('lab.json'), json.dumps({
        'auth_url': PUBLIC['keystone'] + '/v3', 'project_id': project,
        'image_id': image, 'flavor_id': 'desktop', 'servers': servers,
        'users': {'alice': alice_info['user']['id'],
                  'bob': bob_info['user']['id']},
        'application_credential': {'id': cred['id'], 'secret': cred['secret']},
        'ports': PORTS, 'urls': PUBLIC, 'virt': VIRT, 'tls': TLS,
        'ca': p('tls', 'ca-cert.pem'), 'spice_host_subject': SUBJECT,
    }, indent=1) + '\n', 0o600)


def cmd_env():
    with open(p('lab.json')) as f:
        lab = json.load(f)
    user = sys.argv[2] if len(sys.argv) > 2 else 'alice'
    if user not in ('admin', 'alice', 'bob', 'carol'):
        raise SystemExit('env: admin, alice, bob or carol')
    login = lab_idp.environment() if user == 'carol' else [
        ('OS_AUTH_TYPE', 'password'), ('OS_USERNAME', user),
        ('OS_PASSWORD', secret(user)), ('OS_USER_DOMAIN_NAME', 'Default')]
    pairs = [
        ('OS_AUTH_URL', lab['auth_url']), ('OS_IDENTITY_API_VERSION', '3'),
        *login,
        ('OS_PROJECT_NAME', 'desktops'), ('OS_PROJECT_DOMAIN_NAME', 'Default'),
        ('OS_REGION_NAME', 'RegionOne'), ('OS_INTERFACE', 'public'),
        ('LAB_VIRT', lab['virt']), ('LAB_PROJECT_ID', lab['project_id']),
        ('LAB_IMAGE_ID', lab['image_id']), ('LAB_FLAVOR_ID', lab['flavor_id']),
        ('LAB_CA', lab['ca']),
        ('LAB_SPICE_HOST_SUBJECT', lab['spice_host_subject']),
        ('LAB_APP_CREDENTIAL_ID', lab['application_credential']['id']),
        ('LAB_APP_CREDENTIAL_SECRET', lab['application_credential']['secret']),
    ]
    if lab['tls']:
        pairs.insert(0, ('OS_CACERT', lab['ca']))
    for name in ('alice-desktop', 'alice-off', 'bob-desktop'):
        pairs.append(('LAB_SERVER_' + name.upper().replace('-', '_'),
                      lab['servers'][name]))
    for name in ('nova', 'spice', 'vv', 'blazar'):
        pairs.append(('LAB_%s_URL' % name.upper(), lab['urls'][name]))
    for k, v in pairs:
        print("export %s='%s'" % (k, v))


def cmd_servers():
    try:
        token, _ = auth('admin')
        found = call('GET', URL['nova'] + '/v2.1/servers/detail', token=token)
    except OSError as e:
        raise SystemExit('no answer: %s' % e)
    for s in want((200,), found)['servers']:
        print('  server    %-14s %-10s %s' % (s['name'], s['status'], s['id']))
