# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings: from variables and files, what they mean and what is said of them."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'clouds'))
from cases import CaseTable, case, main        # noqa: E402

NAMES = 'list -f value -c name'
FACULTY = '"domain":{"name":"Faculty"}'
WEST = {'regions': ['R', 'west'], 'servers': [{'user_id': 'u-bob'}]}


def cloud(auth='', more='', url='@URL@/v3'):
    """A clouds.yaml with one cloud, c; lines 3 to 8 are its login."""
    return '''clouds:
  c:
    auth:
      auth_url: %s
      username: alice
      password: a-word-of-hers
      project_name: p
      %s
    %s
''' % (url, auth, more)


def body(self, there, broker, results):
    """Both domains of the login are Faculty."""
    asked = there.requests('POST /v3/auth/tokens')[0]
    self.assertEqual(asked.count(FACULTY), 2, asked)


class Domains(CaseTable):
    cases = {
        'once by name': case(NAMES, clouds=cloud('domain_name: Faculty'),
                             then=body),
        'once by id': case(NAMES, clouds=cloud('domain_id: f1'),
                           seen='"domain":{"id":"f1"},"password"'),
        'once beside auth': case(NAMES, clouds=cloud(
            '', 'domain_name: Faculty'), then=body),
        'by variable': case('OS_DOMAIN_NAME=Faculty ' + NAMES, then=body),
        'by option': case(NAMES + ' --os-domain-name Faculty', then=body),
        'default by name': case('OS_DEFAULT_DOMAIN_NAME=Faculty ' + NAMES,
                                then=body),
        'default of a file': case(NAMES, clouds=cloud(
            'default_domain_name: Faculty'), then=body),
        'default id': case('OS_DEFAULT_DOMAIN_ID=f1 ' + NAMES,
                           seen='"domain":{"id":"f1"},"password"'),
        'each its own': case(NAMES, clouds=cloud(
            'user_domain_name: LDAP\n      project_domain_id: f2'),
            seen=['"domain":{"name":"LDAP"},"password"',
                  '"name":"p","domain":{"id":"f2"}']),
        'the special one counts': case(NAMES, clouds=cloud(
            'user_domain_name: LDAP\n      domain_name: Faculty'),
            seen=['"domain":{"name":"LDAP"},"password"',
                  '"name":"p",' + FACULTY]),
    }


class Verify(CaseTable):
    cases = {
        name: case(NAMES, code, tls=True, clouds=cloud('', more), err=err,
                   **seen)
        for name, more, code, err, seen in (
            ('path of the authority', 'verify: @CA@', 0, '', {}),
            ('path of another', 'verify: @HOME@/other.pem', 2,
             'clouds.yaml:9 (verify): @HOME@/other.pem: there is no such',
             {'unseen': 'POST'}),
            ('ture', 'verify: ture', 2, 'verify: true or false',
             {'unseen': 'POST'}),
            ('enabled', 'verify: enabled', 2, 'true or false',
             {'unseen': 'POST'}),
            ('comma', "verify: 'true,'", 2, 'true or false',
             {'unseen': 'POST'}),
            ('null', 'verify:', 6, '--os-cacert', {'unseen': 'POST'}),
            ('empty', "verify: ''", 6, '--os-cacert', {'unseen': 'POST'}),
            ('1', "verify: '1'", 6, '--os-cacert', {'unseen': 'POST'}),
            ('false', 'verify: false', 0, 'not verified', {}),
            ('off', 'verify: Off', 0, 'not verified', {}),
            ('n', 'verify: n', 0, 'not verified', {}),
            ('false with an authority', 'verify: false\n    cacert: @CA@', 0,
             'clouds.yaml:10 (cacert) is not used', {}),
            ('insecure counts', 'verify: true\n    insecure: yes', 0,
             'not verified', {}),
            ('insecure ture', 'insecure: ture', 2, '(insecure): true or false',
             {'unseen': 'POST'}),
            ('cacert', 'cacert: @CA@', 0, '', {}),
        )
    }
    cases['in auth'] = case(NAMES, 0, tls=True, clouds=cloud('verify: false'),
                            err='not verified')
    cases['OS_INSECURE enabled'] = case(
        'OS_INSECURE=enabled list', 2, tls=True, unseen='POST',
        err='OS_INSECURE: true or false')
    cases['OS_INSECURE yes'] = case('OS_INSECURE=yes ' + NAMES, 0, tls=True,
                                    err='not verified')
    cases['request-timeout 0'] = case('list --request-timeout 0', 2,
                                      err='1 to', unseen='POST')


class Addresses(CaseTable):
    cases = {
        'pasted': case(NAMES, clouds=cloud(url='@URL@/v3/auth/tokens'),
                       seen={'POST /v3/auth/tokens ': 1}),
        'blanks': case(NAMES, clouds=cloud(url='" @URL@/v3 "'), out='desk'),
        'quotes': case('OS_AUTH_URL="\\"@URL@/v3\\"" ' + NAMES, out='desk',
                       err='OS_AUTH_URL has quotes around it'),
        'line ends of Windows': case(
            NAMES, env={'OS_AUTH_URL': '@URL@/v3\r', 'OS_USERNAME': 'alice\r',
                        'OS_PASSWORD': 'a-word-of-hers\r'},
            out='desk', err=['OS_AUTH_URL ends in a line break',
                             'OS_PASSWORD ends in a line break']),
        'no scheme': case('OS_AUTH_URL=127.0.0.1:@PORT@/v3 list', 2,
                          err='OS_AUTH_URL: http:// or https://',
                          unseen='POST'),
        'no scheme, by option': case(
            'list --os-auth-url 127.0.0.1:@PORT@/v3', 2,
            err='--os-auth-url: http:// or https://', unseen='POST'),
        'ftp': case('OS_AUTH_URL=ftp://h/v3 list', 2,
                    err='http:// or https://'),
        'no scheme of compute': case(
            'OS_COMPUTE_ENDPOINT_OVERRIDE=127.0.0.1:@PORT@/nova/v2.1 list', 2,
            err='OS_COMPUTE_ENDPOINT_OVERRIDE: http:// or', unseen='POST'),
        'of the region': case(NAMES, clouds=cloud(
            '', 'region_name: R', '@URL@/{region_name}/v3'),
            seen='POST /R/v3/auth/tokens'),
        'of no region': case(NAMES, 2, clouds=cloud(
            '', '', '@URL@/{region_name}'), unseen='POST',
            err='clouds.yaml:4 (auth_url): {region_name} is not set'),
        'unknown template': case(
            'OS_COMPUTE_ENDPOINT_OVERRIDE=@URL@/%(user)s list', 2,
            err='OS_COMPUTE_ENDPOINT_OVERRIDE', unseen='POST'),
        'compute given': case(
            NAMES, 0, {'catalog': []}, out='desk', clouds=cloud(
                '', 'compute_endpoint: @URL@/nova/v2.1/%(project_id)s'),
            seen='GET /nova/v2.1/p1/servers'),
    }


def interfaces(*names):
    return {'catalog': [{'type': 'compute', 'endpoints': [
        {'interface': n, 'region': 'R', 'region_id': 'R',
         'url': '@URL@/nova-%s/v2.1' % n} for n in names]}]}


class Services(CaseTable):
    cases = {
        'interface of one service': case(
            NAMES, 0, interfaces('public', 'internal'),
            clouds=cloud('', 'compute_interface: internal'),
            seen='GET /nova-internal', unseen='GET /nova-public'),
        'type of one service': case(
            NAMES, 0, interfaces('public', 'admin'),
            env={'OS_COMPUTE_ENDPOINT_TYPE': 'adminURL'},
            seen='GET /nova-admin'),
        'list of interfaces': case(
            NAMES, 0, interfaces('public'),
            clouds=cloud('', 'interface: [internal, public]'),
            seen='GET /nova-public'),
        'unknown interface': case(
            'OS_INTERFACE=intern list', 2, interfaces('public'),
            err='OS_INTERFACE: public, internal or admin', unseen='POST'),
        'region of one service': case(
            NAMES, 0, {'regions': ['R', 'west']},
            clouds=cloud('', 'compute_region_name: west'),
            seen='GET /nova-west', unseen='GET /nova/'),
        'version': case(
            NAMES, 0, clouds=cloud('', 'compute_api_version: 2.60'),
            err='clouds.yaml:9 (compute_api_version) is not followed'),
        'version that is spoken': case(
            NAMES, 0, clouds=cloud('', 'compute_api_version: 2.1'),
            no_err='compute_api_version'),
        'identity version 2': case(
            NAMES, 0, env={'OS_IDENTITY_API_VERSION': '2.0'},
            err='OS_IDENTITY_API_VERSION is not followed'),
    }


class Regions(CaseTable):
    cases = {
        'first of a list': case(
            '-v ' + NAMES, 0, WEST, clouds=cloud('', 'regions: [R, west]'),
            err=['region R, the first of R, west', 'region R',
                 'this cloud also has west']),
        'of the catalog': case(NAMES, 0, WEST, env={'OS_REGION_NAME': 'west'},
                               err='this cloud also has R'),
        'unknown': case('list --os-region-name south', 2, WEST,
                        err=['region south', 'R, west']),
        'values': case(
            NAMES, 0, interfaces('public', 'internal'),
            clouds=cloud('', 'regions: [{name: R, values: '
                             '{interface: internal}}]'),
            seen='GET /nova-internal'),
        'values misspelt': case(
            NAMES, 2, clouds=cloud('', 'regions: [{name: R, value: {}}]'),
            err='clouds.yaml:9 (regions)', unseen='POST'),
        'tried all the same': case(
            '-v list --os-region-name R', 0,
            clouds=cloud('', 'regions: [north, south]'),
            err='none of those'),
    }


class Named(CaseTable):
    """A setting without effect is named, with file and line."""
    cases = {
        'mistyped': case(NAMES, 0, clouds=cloud('', 'regoin_name: R'),
                         err='clouds.yaml:9 (regoin_name) is not known'),
        'mistyped in auth': case(NAMES, 0, clouds=cloud('user_domian: D'),
                                 err='clouds.yaml:8 (user_domian)'),
        'of others': case(NAMES, 0, clouds=cloud(
            '', 'image_format: raw\n    volume_api_version: 3'), no_err='yaml'),
        'twice': case(NAMES, 0, clouds=cloud('username: alice'),
                      err='line 8: "username" is given twice'),
        'list for one': case(NAMES, 2, clouds=cloud('user_id: [a, b]'),
                             err='clouds.yaml:8 (user_id): one value'),
        'unknown tag': case(NAMES, 2, clouds=cloud('token: !vault x'),
                            err='line 8: the tag "!vault"', unseen='POST'),
        'second document': case(NAMES, 2, clouds=cloud() + '---\na: b\n',
                                err='line 10: a second document'),
        'merge of two': case(NAMES, 0, clouds='''x: &x {project_name: p}
y: &y {username: alice, password: a-word-of-hers}
clouds: {c: {auth: {<<: [*x, *y], auth_url: "@URL@/v3"}}}
''', out='desk'),
        'leftover': case(
            '--os-cloud c ' + NAMES, 3, clouds=cloud(),
            env={'OS_USERNAME': 'bob', 'OS_PROJECT_ID': 'p9'},
            err=['of cloud "c" these variables replace', 'OS_USERNAME',
                 'clouds.yaml:5 (username)',
                 'OS_PROJECT_ID counts, not']),
        'envvars': case('OS_CLOUD=envvars ' + NAMES, 0, out='desk'),
        'envvars in a file': case(
            'OS_CLOUD=envvars list', 2,
            clouds=cloud().replace('  c:', '  envvars:'),
            err='has a cloud "envvars"'),
        'system scope': case('OS_SYSTEM_SCOPE=all list', 2,
                             env={'OS_PROJECT_NAME': None},
                             err='for the whole system', unseen='POST'),
        'multifactor': case('OS_AUTH_TYPE=v3multifactor list', 2,
                            err='openstack token issue', unseen='POST'),
    }


ONE = {'OS_AUTH_URL': None, 'OS_USERNAME': None, 'OS_PASSWORD': None,
       'OS_PROJECT_NAME': None}
JSON = ('{"clouds": {"c": {"auth": {"auth_url": "@URL@/v3", "username": '
        '"alice",\n\t"password": "a-word-of-hers", "project_name": "p"}}}}\n')


class Files(CaseTable):
    cases = {
        name: case(NAMES, 0, env={**ONE, **env}, files={path: text},
                   out='desk')
        for name, path, text, env in (
            ('yml', '.config/openstack/clouds.yml', cloud(), {}),
            ('json', '.config/openstack/clouds.json', JSON, {}),
            ('site', 'site/openstack/clouds.yaml', cloud(),
             {'XDG_CONFIG_DIRS': '/nowhere:@HOME@/site'}),
            ('own', 'own/openstack/clouds.yml', cloud(),
             {'XDG_CONFIG_HOME': '@HOME@/own'}),
            ('home beside XDG_CONFIG_HOME', '.config/openstack/clouds.yaml',
             cloud(), {'XDG_CONFIG_HOME': '@HOME@/own'}),
        )
    }
    cases['secure.yml'] = case(NAMES, 0, env=ONE, out='desk', files={
        '.config/openstack/clouds.yaml': cloud().replace(
            '      password: a-word-of-hers\n', ''),
        '.config/openstack/secure.yml':
            'clouds: {c: {auth: {password: a-word-of-hers}}}'})
    cases['missing'] = case(
        NAMES, 2, env={**ONE, 'OS_CLIENT_CONFIG_FILE': '@HOME@/no.yaml'},
        files={'.config/openstack/clouds.yaml': cloud()}, unseen='POST',
        err='OS_CLIENT_CONFIG_FILE: @HOME@/no.yaml: there is no such file')
    cases['missing secure'] = case(
        NAMES, 2, clouds=cloud(), unseen='POST',
        env={'OS_CLIENT_SECURE_FILE': '@HOME@/no.yaml'},
        err='OS_CLIENT_SECURE_FILE: @HOME@/no.yaml')
    cases['profile'] = case(
        NAMES, 2, clouds=cloud('', 'profile: switchcloud').replace(
            '      auth_url: @URL@/v3\n', ''),
        err='profile "switchcloud" is in no clouds-public.yaml; give auth_url')
    cases['profile of a label'] = case(
        NAMES, 0, clouds=cloud('', 'cloud: pilotcloud'), out='desk',
        err='profile "pilotcloud"')
    cases['profile of a vendor'] = case(
        NAMES, 0, clouds=cloud('', 'profile: v').replace(
            '      auth_url: @URL@/v3\n', ''), out='desk',
        vendors='public-clouds:\n  v: {auth: {auth_url: "@URL@/v2.0"}}\n')
    cases['home'] = case('OS_CACERT=~/x.pem list', 2,
                         err='OS_CACERT: @HOME@/x.pem: there is no such file')
    cases['broker.yaml'] = case(
        'resolve', 2, files={'config/osvdi/broker.yaml':
                             'spice:\n  ca: ~/ca.pem\n'},
        err='broker.yaml:2 (ca): @HOME@/ca.pem: there is no such file')
    cases['broker.yaml that is odd'] = case(
        'list', 2, files={'config/osvdi/broker.yaml': 'spice: true\n'},
        err='broker.yaml:1 (spice): a mapping is wanted')


if __name__ == '__main__':
    main()
