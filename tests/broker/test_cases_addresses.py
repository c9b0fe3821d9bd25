# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses that catalogs, version documents and consoles give."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402

NAMES = 'list -f value -c name'
TOKEN = '3b1c2d4e-5f60-4718-92a3-b4c5d6e7f809'


def catalog(compute, **others):
    """A catalog with compute at that path of the cloud, or at that address."""
    def entry(kind, url):
        return {'type': kind, 'endpoints': [{
            'interface': 'public', 'region_id': 'R',
            'url': '@URL@' + url if url[:1] == '/' else url}]}
    return [entry('compute', compute),
            *[entry(k, u) for k, u in others.items()]]


def version(href, number='v2.1', minor='2.96'):
    return {'id': number, 'status': 'CURRENT', 'version': minor,
            'min_version': '', 'links': [{'rel': 'self', 'href': href}]}


OLD = version('@URL@/compute/v2/', 'v2.0', '')


def root(path, *versions, status=200, word='versions', **more):
    """A rule: the list of versions at that path."""
    return dict(more, method='GET', path=path, path_end=path, status=status,
                body={word: list(versions)})


def gone(path, status=404):
    return {'path_end': path, 'status': status, 'body': {}}


def at(url, *rules, **more):
    return dict(more, catalog=catalog(url), rules=list(rules))


HERE, NOT_HERE = version('@URL@/compute/v2.1/'), gone('/compute/servers/detail')


class Discovery(CaseTable):
    """A compute endpoint that does not name its version."""
    found = {'GET /compute/v2.1/servers/detail': 1}
    cases = {
        'list': case(NAMES, 0, at('/compute', root('/compute/', OLD, HERE),
                                  NOT_HERE), out='desk0', seen=found),
        'list with 300': case(NAMES, 0, at(
            '/compute/', root('/compute/', OLD, HERE, status=300,
                              word='choices'), NOT_HERE),
            out='desk0', seen=found),
        'versions with 300': case(NAMES, 0, at('/compute', root(
            '/compute/', HERE, status=300)), out='desk0', seen=found),
        'only without a slash': case(NAMES, 0, at(
            '/compute', gone('/compute/'), root('/compute', HERE)),
            out='desk0', seen=found),
        'link of another host': case(NAMES, 0, at('/compute', root(
            '/compute/', version('http://10.9.8.7:8774/v2.1/'))),
            out='desk0', seen=found),
        'link of a stranger gets no token': case(NAMES, 0, at(
            '/compute', root('/compute/', version('http://evil/v2.1/'))),
            out='desk0', seen=found),
        'link without the prefix': case(NAMES, 0, at(
            '/compute', gone('@URL@/v2.1/'), root('/compute/', version(
                '@URL@/v2.1/')), {'path': '/v2.1', 'unless': '/compute',
                                  'status': 404, 'body': {}}),
            out='desk0', seen=found),
        'link elsewhere on the host': case(NAMES, 0, at(
            '/compute', root('/compute/', version('@URL@/nova/v2.1/')),
            gone('/compute/v2.1/')), out='desk0',
            seen={'GET /nova/v2.1/servers/detail': 1}),
        'relative link': case(NAMES, 0, at('/compute', root(
            '/compute/', version('v2.1/'))), out='desk0', seen=found),
        'no link': case(NAMES, 0, at('/compute', root(
            '/compute/', {'id': 'v2.1', 'version': '2.96'})),
            out='desk0', seen=found),
        'http behind TLS': case(
            NAMES, 0, at('/compute', root('/compute/', version(
                'http://127.0.0.1:@PORT@/compute/v2.1/'))), tls=True,
            env={'OS_CACERT': '@CA@'}, out='desk0', seen=found),
        'IPv6': case(NAMES, 0, at('/compute', root('/compute/', HERE)),
                     host='::1', out='desk0', seen=found),
        'below prefixes': case(NAMES, 0, at('/a/v3/b', root(
            '/a/v3/b/', version('@URL@/a/v3/b/v2.1/')), gone('/a/v3/')),
            out='desk0', seen={'GET /a/v3/b/v2.1/servers/detail': 1}),
        'root of the host': case(NAMES, 0, at('@URL@', {
            'method': 'GET', 'path': '/', 'path_end': '/', 'unless': 'v2.1',
            'status': 300, 'body': {'versions': [version('@URL@/v2.1/')]}}),
            out='desk0', seen={'GET /v2.1/servers/detail': 1}),
        'kept with the login': case(
            [NAMES, NAMES], 0, at('/compute', root('/compute/', OLD, HERE)),
            seen={'GET /compute/ ': 1, 'GET /compute/v2.1/ ': 1}),
        'legacy version': case(NAMES, 0, at(
            '/compute/v2', root('/compute/v2/', OLD, word='x'),
            root('/compute/', OLD, HERE)), out='desk0', seen=found),
        'override': case(
            'OS_COMPUTE_ENDPOINT_OVERRIDE=@URL@/compute/ ' + NAMES, 0, {
                'rules': [root('/compute/', HERE)]}, out='desk0', seen=found),
        'override with a template': case(
            'OS_COMPUTE_ENDPOINT_OVERRIDE=@URL@/nova/v2.1/%(project_id)s '
            + NAMES, 0, out='desk0', seen='/nova/v2.1/p1/servers/detail'),
        'no version document': case(
            NAMES, 6, at('/compute', gone('/compute/'), gone('/compute'),
                         gone('/compute/v2.1/')),
            err=['no API v2.1 at @URL@/compute', '404',
                 'OS_COMPUTE_ENDPOINT_OVERRIDE']),
        'versions alone': case(NAMES, 0, at(
            '/compute', gone('/compute/'), gone('/compute')),
            out='desk0', seen=found),
        'only other versions': case(NAMES, 6, at('/compute', root(
            '/compute/', OLD)), err='no API v2.1 at @URL@/compute'),
        'endless version': case(NAMES, 6, at('/compute', root(
            '/compute/', HERE), root('/compute/v2.1/', HERE)),
            err='no API v2.1'),
        'in trouble': case(NAMES, 6, at('/compute', gone('/compute/', 500)),
                           err=['500', 'in trouble']),
    }
    cases['proxy to the API itself'] = case(NAMES, 0, at(
        '/c', {'method': 'GET', 'path': '/c/', 'path_end': '/c/',
               'status': 200, 'body': {'version': HERE}},
        {'path_end': '/c/servers/detail', 'status': 200, 'body': {
            'servers': []}}), seen='GET /c/servers/detail')
    for kind, url in (('image', '/image'), ('image', '/image/v2'),
                      ('image', '/image/v2//'), ('image', '/image/v1')):
        cases['%s at %s end' % (kind, url.replace('//', ' slashes'))] = case(
            'list -f value -c image', 0, {
                'images': {'aa0e4c1d-2b3f-4a5c-9d6e-7f8091a2b3c4': 'tiny'},
                'catalog': catalog('/nova/v2.1', image=url)}, out='tiny',
            seen='GET /image/v2/images')
    for url in '/lease', '/lease/v1':
        cases['reservation at ' + url] = case(
            'leases', 0, {
                'catalog': catalog('/nova/v2.1', reservation=url),
                'rules': [{'path_end': '/lease/v1/leases', 'status': 200,
                           'body': {'leases': []}}]})


def keystone(link, **more):
    """Keystone is at /key/v3 alone; "/" lists it by that link."""
    return dict(more, rules=[
        {'path': '/v3/', 'unless': '/key/', 'status': 404, 'body': {}},
        {'method': 'GET', 'path': '/', 'path_end': '/', 'unless': 'v2.1',
         'status': 300, 'body': {'versions': {'values': [
             {'id': 'v3.14', 'status': 'stable', 'links': [
                 {'rel': 'self', 'href': link}]}]}}}])


class Identity(CaseTable):
    """An auth_url whose Keystone is not right below it."""
    found, env = {'POST /key/v3/auth/tokens': 1}, {'OS_AUTH_URL': '@URL@'}
    cases = {
        'by its list': case(NAMES, 0, keystone('@URL@/key/v3/'), env=env,
                            out='desk0', seen=found),
        'slash': case(NAMES, 0, keystone('@URL@/key/v3/'), out='desk0',
                      env={'OS_AUTH_URL': '@URL@/'}, seen=found),
        'link of http behind TLS': case(
            NAMES, 0, keystone('http://127.0.0.1/key/v3/'), tls=True,
            env=dict(env, OS_CACERT='@CA@'), out='desk0', seen=found),
        'another host gets no password': case(
            NAMES, 6, keystone('http://192.0.2.1/key/v3/'), env=env,
            err='404', seen={'POST': 1}),
        'kept with the login': case(
            [NAMES, 'list --user bob'], [0, 6], keystone('@URL@/key/v3/'),
            env=env, err='/users', seen={'POST': 2, 'GET /key/v3/users': 1}),
        'no list': case(NAMES, 6, {'rules': [
            {'path': '/auth/tokens', 'status': 404, 'body': {}}]}, env=env,
            err=['404', 'OS_AUTH_URL']),
        'wrong password there': case(
            'OS_PASSWORD=no list', 3, keystone('@URL@/key/v3/'), env=env,
            err='/key/v3): login refused'),
        'right at once': case(NAMES, 0, env=env, out='desk0', seen={
            'POST /v3/auth/tokens': 1}, unseen='GET / '),
    }


class Templates(CaseTable):
    """Templates that stand in catalogs in place of a project's id."""
    cases = {
        '%d %s' % (i, form): case(
            NAMES, 0, at('/nova/v2.1/' + form), out='desk0',
            seen='GET /nova/v2.1/p1/servers/detail')
        for i, form in enumerate(('%(tenant_id)s', '%(project_id)s', '$(tenant_id)s',
                                  '$(project_id)s', '%(tenant_id)',
                                  '{project_id}', 'p1'))}
    for form in 'AUTH_%(tenant_id)s', 'AUTH_$(project_id)s', 'AUTH_p1':
        cases[form] = case(NAMES, 0, at('/nova/v2.1/' + form), out='desk0',
                           seen='GET /nova/v2.1/servers/detail')
    for form in '%(tenant)s', '$(project)s', '%(catalog.host)s', '{nova}':
        cases['unknown ' + form] = case(
            NAMES, 6, at('/nova/v2.1/' + form), unseen='GET',
            err=['compute: its address', 'template ' + form])
    cases['in the host'] = case(NAMES, 6, at(
        'http://%(public_bind_host)s:8774/v2.1'),
        err='template %(public_bind_host)s')
    for url in 'nova.example:8774', 'ftp://h/', 'http://', 'http://a b/':
        cases['override ' + url] = case(
            "OS_COMPUTE_ENDPOINT_OVERRIDE='%s' list" % url, 2, unseen='',
            err='OS_COMPUTE_ENDPOINT_OVERRIDE')


def console(url, **more):
    return dict(more, rules=[{'path_end': '/remote-consoles', 'status': 200,
                              'body': {'remote_console': {'url': url}}}])


def page(rest):
    return console('https://cloud.example' + rest)


def opens(rest, want, **more):
    return case('resolve --via websocket', 0, page(rest.replace('T', TOKEN)),
                out='spice+wss://cloud.example%s\n' % want.replace(
                    'T', TOKEN), **more)


class Pages(CaseTable):
    """The WebSocket behind a page, as the page itself would open it."""
    cases = {
        'path with its query': opens(
            '/l-nova-spiceproxy/spice_auto.html?path=/l-nova-spiceproxy?'
            'token=T', '/l-nova-spiceproxy?token=T'),
        'path encoded': opens(
            '/console/spice_auto.html?path=console%3Ftoken%3DT',
            '/console?token=T'),
        'path encoded twice': opens(
            '/console/spice_auto.html?path=console%253Ftoken%253DT',
            '/console?token=T'),
        'path beside the token': opens(
            '/c/s.html?path=ws/1&token=T', '/ws/1?token=T'),
        'title and language': opens(
            ':6082/s.html?token=T&title=desk%285%29&lang=de',
            ':6082/websockify?token=T'),
        'no path': opens('/x/s.html?token=T', '/x/websockify?token=T'),
        'a path that is an address': case(
            'resolve --via websocket', 6, page(
                '/s.html?path=wss://evil/x%3Ftoken%3Dtk'),
            err='none with a token'),
        'IPv6': case('resolve --via websocket', 0, console(
            'https://[2001:db8::9]:6082/s.html?path=w%3Ftoken%3Dtk'),
            out='spice+wss://[2001:db8::9]:6082/w?token=tk\n'),
        'VNC': case(
            'resolve --via websocket --protocol vnc', 0, page(
                ':6080/vnc_auto.html?path=%3Ftoken%3Dtk'),
            out='vnc+wss://cloud.example:6080/?token=tk\n'),
    }


LOCAL = ('127.0.0.1', '127.1', 'localhost', '::1', '[::1]', '0.0.0.0', '::',
         '::ffff:127.0.0.1', '169.254.3.4', 'fe80::1', 'nova.localhost')
# The cloud is at a name that is not this computer's, by way of a proxy that is.
AWAY = {'http_proxy': '@URL@', 'NO_PROXY': None,
        'OS_AUTH_URL': 'http://cloud.invalid/v3'}
FAR = [{'type': 'compute', 'endpoints': [{
    'interface': 'public', 'region_id': 'R',
    'url': 'http://cloud.invalid/nova/v2.1'}]}]


def direct(host, **more):
    return dict(more, direct={'host': host, 'port': 5900, 'tls_port': None,
                              'internal_access_path': None})


def url_of(host):
    return 'http://%s:6082/s.html?token=tk' % (
        '[%s]' % host if ':' in host and host[0] != '[' else host)


class Hosts(CaseTable):
    """Hosts that mean the computer where they are read."""
    cases = {}
    for i, h in enumerate(LOCAL):
        n = '%d %s' % (i, h)
        cases['direct %s of a far cloud' % n] = case(
            'resolve --via direct', 6, direct(h, catalog=FAR), env=AWAY,
            err=['Nova says the SPICE server is at ' + h.strip('[]'),
                 'server_proxyclient_address'])
        cases['websocket %s of a far cloud' % n] = case(
            'resolve --via websocket', 6, console(url_of(h), catalog=FAR),
            env=AWAY, err='html5proxy_base_url')
        cases['websocket instead of %s' % n] = case(
            'resolve', 0, direct(h, catalog=FAR), env=AWAY,
            out='spice+wss://proxy.example')
    for i, h in enumerate(LOCAL[:8]):
        cases['direct %d %s of a cloud here' % (i, h)] = case(
            'resolve --via direct', 0, direct(h), no_err='not encrypted',
            out='spice://')
    for i, h in enumerate((
            '', 'h:5900', 'a b', '-oProxyCommand=x', '*', 'x/../y',
            '224.0.0.1', '255.255.255.255', 'h\nport=1')):
        cases['direct odd %d %r' % (i, h)] = case(
            'resolve --via direct', 6, direct(h), err='console of "desk0"')
    cases['VNC setting'] = case(
        'resolve --protocol vnc --via direct', 6, direct(
            '127.0.0.1', catalog=FAR), env=AWAY,
        err=['the VNC server is at', '[vnc]'])
    cases['VNC page'] = case(
        'resolve --protocol vnc --via websocket', 6, console(
            url_of('127.0.0.1'), catalog=FAR), env=AWAY,
        err='novncproxy_base_url')
    cases['no loopback by its name'] = case(
        'resolve --via direct', 0, direct('127.evil.example'),
        err='not encrypted', out='spice://127.evil.example:5900')
    cases['no loopback of a WebSocket'] = case(
        'resolve --via websocket', 0, console(
            'http://localhost.evil.example/s.html?token=tk'),
        err='not encrypted')
    cases['IPv6'] = case('resolve --via direct', 0, direct('2001:db8::5'),
                         out='spice://[2001:db8::5]:5900')


KERBSIDE = '''[virt-viewer]
type=spice
host=%s
port=5900
tls-port=5901
host-subject=C=AU,O=Falcon\\, Inc,CN=console proxy
ca=-----BEGIN CERTIFICATE-----\\nMII\\n-----END CERTIFICATE-----\\n
'''


def exchange(host, url='@URL@/exchange?token=tk'):
    return {'minor': 99, 'rules': [
        {'path_end': '/remote-consoles', 'status': 200,
         'body': {'remote_console': {'url': url}}},
        {'path_end': '/exchange', 'status': 200, 'text': KERBSIDE % host}]}


class Exchange(CaseTable):
    """Files of an exchange (spice-direct)."""
    cases = {
        'comma in the subject': case(
            'resolve --via spice-direct --vv -', 0, exchange('proxy.example'),
            out='host-subject=C=AU,O=Falcon\\\\, Inc,CN=console proxy\n'),
        'comma in JSON': case(
            'resolve --via spice-direct -f json', 0, exchange('proxy.example'),
            out='"C=AU,O=Falcon\\\\, Inc,CN=console proxy"'),
        'host is here': case(
            'resolve --via spice-direct', 6, dict(
                exchange('127.0.0.1', 'http://cloud.invalid/exchange?token=t'),
                catalog=FAR), env=AWAY, err='the exchange says'),
        'exchange is here': case(
            'resolve --via spice-direct', 6, dict(
                exchange('proxy.example'), catalog=FAR), env=AWAY,
            unseen='/exchange', err='spice_direct_proxy_base_url'),
    }


class Lists(CaseTable):
    cases = {
        '101 pages': case(NAMES, 0, {'n': 2019, 'limit': 20}, out='desk0',
                          seen={'GET /nova/v2.1/servers/detail': 101}),
        'the same page for ever': case(
            NAMES, 6, {'rules': [{
                'path_end': '/servers/detail', 'status': 200, 'body': {
                    'servers': [{'id': TOKEN, 'name': 'x',
                                 'status': 'ACTIVE'}],
                    'servers_links': [{'rel': 'next', 'href': 'x'}]}}]},
            err='does not end'),
    }


if __name__ == '__main__':
    main()
