# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""openstack-lab: the databases, and the seed they are copied from."""
import os
import shutil
import sys

from lab_common import BLAZAR, PUBLIC, URL, log, p, secret, write
from lab_sqlite import sqlite_copy, sqlite_new, sqlite_url

DBS = ('keystone.db', 'placement.db', 'glance.db', 'nova_api.db',
       'nova_cell0.db', 'nova_cell1.db')


def cmd_seed_save():
    """Keep what the first start built, so that the next ones only copy it."""
    os.makedirs(p('seed.new'), mode=0o700, exist_ok=True)
    for name in DBS:
        sqlite_copy(p('db', name), p('seed.new', name))
    write(p('seed.new', 'key'), os.environ['LAB_SEED_KEY'])
    shutil.rmtree(p('seed'), ignore_errors=True)
    os.rename(p('seed.new'), p('seed'))


def cmd_seed_load():
    try:
        with open(p('seed', 'key')) as f:
            if f.read() != os.environ['LAB_SEED_KEY']:
                sys.exit(1)
        for name in DBS:
            shutil.copyfile(p('seed', name), p('db', name))
    except OSError:
        sys.exit(1)


def cmd_db_keystone():
    import uuid
    from keystone.cmd import bootstrap
    from keystone.common import provider_api
    from keystone.common import sql
    from keystone.common.sql import upgrades
    import keystone.conf
    sqlite_new('keystone.db')
    keystone.conf.configure()
    sql.initialize()
    keystone.conf.set_default_for_default_log_levels()
    keystone.conf.CONF(['--config-file', p('etc', 'keystone.conf')],
                       project='keystone')
    keystone.conf.setup_logging()
    upgrades.offline_sync_database_to_version(None)
    b = bootstrap.Bootstrapper()
    b.admin_username, b.admin_password = 'admin', secret('admin')
    b.project_name = b.admin_role_name = 'admin'
    b.region_id, b.service_name = 'RegionOne', 'keystone'
    b.immutable_roles = True
    b.public_url = PUBLIC['keystone'] + '/v3'
    b.internal_url = b.admin_url = URL['keystone'] + '/v3'
    b.bootstrap()
    P = provider_api.ProviderAPIs

    def project(name):
        pid = uuid.uuid4().hex
        P.resource_api.create_project(pid, {
            'id': pid, 'name': name, 'enabled': True, 'domain_id': 'default',
            'description': ''})
        return pid

    def user(name, password, project_id, *roles):
        uid = P.identity_api.create_user({
            'name': name, 'enabled': True, 'domain_id': 'default',
            'password': password})['id']
        for role in roles:
            P.assignment_api.create_grant(role, user_id=uid,
                                          project_id=project_id)

    service_role = getattr(b, 'service_role_id', None)
    if not service_role:                      # keystone < 2023.2
        service_role = uuid.uuid4().hex
        P.role_api.create_role(service_role,
                               {'id': service_role, 'name': 'service'})
    desktops = project('desktops')
    P.assignment_api.create_grant(b.admin_role_id, user_id=b.admin_user_id,
                                  project_id=desktops)
    user('lab-service', secret('service'), project('service'),
         b.admin_role_id, service_role)
    for name in ('alice', 'bob'):
        user(name, secret(name), desktops, b.member_role_id)
    catalog = [('nova', 'compute', 'nova', '/v2.1'),
               ('placement', 'placement', 'placement', ''),
               ('glance', 'image', 'glance', ''),
               ('neutron', 'network', 'network', '')]
    if BLAZAR:
        catalog.append(('blazar', 'reservation', 'blazar', '/v1'))
    for name, kind, key, path in catalog:
        sid = uuid.uuid4().hex
        P.catalog_api.create_service(
            sid, {'id': sid, 'name': name, 'type': kind, 'enabled': True})
        for iface in ('public', 'internal', 'admin'):
            eid = uuid.uuid4().hex
            url = (PUBLIC if iface == 'public' else URL)[key] + path
            P.catalog_api.create_endpoint(eid, {
                'id': eid, 'interface': iface, 'url': url, 'service_id': sid,
                'region_id': 'RegionOne', 'enabled': True})
    log('keystone database ready')


def cmd_db_placement():
    from oslo_config import cfg
    from placement import conf as placement_conf
    from placement import db_api
    from placement.db.sqlalchemy import migration
    from placement import deploy
    sqlite_new('placement.db')
    config = cfg.ConfigOpts()
    placement_conf.register_opts(config)
    config([], project='placement',
           default_config_files=[p('etc', 'placement.conf')])
    db_api.configure(config)
    migration.upgrade('head')
    deploy.update_database(config)
    log('placement database ready')


def cmd_db_glance():
    from glance.cmd import manage
    sqlite_new('glance.db')
    sys.argv = ['glance-manage', '--config-file', p('etc', 'glance-api.conf'),
                'db', 'sync']
    manage.main()
    log('glance database ready')


def cmd_db_nova():
    import nova.cmd  # noqa: monkey-patches
    import nova.conf
    from nova import config
    from nova import context
    from nova.db import migration
    from nova import objects
    for name in ('nova_api.db', 'nova_cell1.db'):
        sqlite_new(name)
    config.parse_args(['lab', '--config-file', p('etc', 'nova.conf')])
    objects.register_all()
    ctxt = context.get_admin_context()
    migration.db_sync(database='api', context=ctxt)
    migration.db_sync(database='main', context=ctxt)
    sqlite_copy(p('db', 'nova_cell1.db'), p('db', 'nova_cell0.db'))
    objects.CellMapping(
        ctxt, uuid=objects.CellMapping.CELL0_UUID, name='cell0',
        transport_url='none:///',
        database_connection=sqlite_url('nova_cell0.db')).create()
    cell1 = objects.CellMapping(
        ctxt, uuid='11111111-1111-1111-1111-111111111111', name='cell1',
        transport_url=nova.conf.CONF.transport_url,
        database_connection=sqlite_url('nova_cell1.db'))
    cell1.create()
    objects.HostMapping(ctxt, host='lab', cell_mapping=cell1).create()
    objects.Flavor(ctxt, name='desktop', flavorid='desktop', memory_mb=64,
                   vcpus=1, root_gb=1, ephemeral_gb=0, swap=0,
                   rxtx_factor=1.0, is_public=True, disabled=False).create()
    log('nova databases ready')
