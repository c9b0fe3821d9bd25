#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest of Nova 32 under the distribution's libvirtd: it calls the hook, and QEMU, in
libvirt's own sandbox, has the flavor's two monitors where the domain has one.

Runs as root in namespaces of its own, for libvirt's folders and QEMU's modules have
fixed places. (A libvirt without a daemon, qemu:///embed, calls no hooks.)
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'qemu'), os.path.join(HERE, '..', 'lib')]

HOOK = os.path.abspath(sys.argv[1])
UUID = '6d2a2c1e-0b6f-4a8a-9a3f-1f7c8f4c2e05'
FILE = f'/run/osvdi/guests/{UUID}.conf'
DOMAIN = """<domain type='qemu'>
  <name>instance-00000a32</name>
  <uuid>{uuid}</uuid>
  <metadata>
    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
      <nova:package version="32.0.0"/>
      <nova:name>desk</nova:name>
      <nova:flavor name="desk" id="b0c2f3b4-1f5e-4b7e-9a25-4f8a2f3c9d10">
        <nova:extraSpecs>
          <nova:extraSpec name="osvdi:mode">on</nova:extraSpec>
          <nova:extraSpec name="osvdi:heads">2</nova:extraSpec>
        </nova:extraSpecs>
      </nova:flavor>
    </nova:instance>
  </metadata>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <graphics type='spice' port='{port}' autoport='no' listen='127.0.0.1'/>
    <video><model type='virtio' heads='1' primary='yes'/></video>
    <memballoon model='none'/>
  </devices>
</domain>
"""
QEMU_CONF = """user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
"""
LIBVIRTD_CONF = """auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
"""


def skip(why):
    print('SKIP: ' + why, flush=True)
    sys.exit(77)


def enter_namespaces():
    """Once more, where mounts, addresses and processes are ours alone: nothing stays."""
    if os.geteuid() != 0:
        skip('needs root, for mounts')
    if len(sys.argv) == 2:
        # the shell is the first process, and takes the end of each QEMU, for which
        # libvirt waits; the word more says that we are inside
        os.execvp('unshare', ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child',
                              '--mount-proc',
                              'sh', '-c', '"$@"; exit $?', 'sh', sys.executable, *sys.argv,
                              'inside'])
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)


def mount(*words):
    subprocess.run(['mount', *words], check=True)


def overlay(folder, place):
    """A file that is written to the place is in our folder."""
    upper, work = (os.path.join(folder, place.strip('/') + '.' + name)
                   for name in ('upper', 'work'))
    os.mkdir(upper)
    os.mkdir(work)
    mount('-t', 'overlay', 'overlay', '-o', f'lowerdir={place},upperdir={upper},workdir={work}',
          place)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)


def make_places(folder, module):
    """libvirt's settings and hooks, and QEMU's module, as if installed."""
    overlay(folder, '/etc')
    overlay(folder, '/var')
    mount('-t', 'tmpfs', 'tmpfs', '/run')
    write('/etc/libvirt/qemu.conf', QEMU_CONF)
    write('/etc/libvirt/libvirtd.conf', LIBVIRTD_CONF)
    os.makedirs('/etc/libvirt/hooks/qemu.d')
    os.symlink(HOOK, '/etc/libvirt/hooks/qemu.d/osvdi')
    mount('--bind', module, glob.glob('/usr/lib/*/qemu/ui-spice-core.so')[0])


def connect():
    """None until the daemon listens."""
    try:
        return libvirt.open('qemu:///system')
    except libvirt.libvirtError:
        return None


def ask(domain, command, **arguments):
    answer = libvirt_qemu.qemuMonitorCommand(
        domain, json.dumps({'execute': command, 'arguments': arguments}), 0)
    return json.loads(answer)['return']


def qemu_of(uuid):
    """The process whose command line has the UUID."""
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                words = f.read().decode(errors='replace').split('\0')
        except OSError:
            continue
        if 'qemu-system' in words[0] and uuid in words:
            return pid, words
    raise AssertionError('no QEMU has the UUID')


def check_sandbox():
    pid, words = qemu_of(UUID)
    given = words[words.index('-sandbox'):][:2]
    assert given == SANDBOX, f'libvirt: {given}, the tests: {SANDBOX}'
    with open(f'/proc/{pid}/status') as f:
        assert '\nSeccomp:\t2\n' in f.read()


def check_guest(domain):
    with open(FILE) as f:
        assert 'heads=2\n' in f.read()
    status = json.loads(ask(domain, 'qom-get', path='/spice-accel', property='status'))
    assert len(status['displays']) == 2, status
    check_sandbox()


def main(folder):
    make_places(folder, build_module())
    libvirt.registerErrorHandler(lambda *_: None, None)
    Process('libvirtd', ['/usr/sbin/libvirtd'])
    connection = until('libvirtd', connect)
    xml = DOMAIN.format(uuid=UUID, port=free_port())
    for _ in range(2):
        domain = connection.createXML(xml, 0)
        try:
            check_guest(domain)
        finally:
            domain.destroy()
        until('the file is gone', lambda: not os.path.exists(FILE))
    print('-- a hook that cannot write keeps no guest from starting', flush=True)
    os.chmod('/run/osvdi/guests', 0o777)
    domain = connection.createXML(xml, 0)
    assert domain.isActive() and not os.path.exists(FILE)
    domain.destroy()
    connection.close()


enter_namespaces()
try:
    import libvirt
    import libvirt_qemu
except ImportError:
    skip('python3-libvirt is not installed')
from qemu_harness import SANDBOX, Process, build_module, need, until  # noqa: E402
from ports import free_port  # noqa: E402

os.environ['PATH'] += ':/usr/sbin'
need('libvirtd', 'qemu-system-x86_64')
with tempfile.TemporaryDirectory(prefix='osvdi-libvirt.') as temporary:
    main(temporary)
