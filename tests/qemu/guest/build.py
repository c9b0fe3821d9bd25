#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the test guest: the distribution's kernel and an initramfs with our
init and the distribution's spice-vdagentd.

usage: build.py CACHE-DIR     prints the folder with vmlinuz and initrd

Packages are downloaded once; the initramfs is packed again when a source of
the guest changes.
"""
import fcntl
import glob
import gzip
import hashlib
import io
import lzma
import os
import re
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = '''virtio_pci virtio-gpu virtio_console virtio_input uinput evdev
psmouse usbhid hid-generic ehci-pci uhci-hcd bochs'''.split()


def say(text):
    print('guest: ' + text, file=sys.stderr, flush=True)


def run(*argv, **kwargs):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, **kwargs).stdout


def kernel_package():
    """The package that linux-image-amd64 stands for today."""
    def depends():
        out = run('apt-cache', 'depends', 'linux-image-amd64', stderr=subprocess.DEVNULL)
        return re.findall(r'Depends: (linux-image-\d\S*)', out.decode())
    try:
        found = depends()
    except subprocess.CalledProcessError:
        found = []
    if not found and os.getuid() == 0:
        say('updating package lists')
        run('apt-get', 'update', '-q', stderr=subprocess.STDOUT)
        found = depends()
    if not found:
        sys.exit('guest: apt knows no kernel package; run: apt-get update')
    return found[0]


def unpack(package, folder):
    """Downloads and unpacks a package once; apt checks its signature."""
    target = os.path.join(folder, package)
    if os.path.isdir(target):
        return target
    say('fetching ' + package)
    with tempfile.TemporaryDirectory(dir=folder) as tmp:
        run('apt-get', 'download', '-q', package, cwd=tmp, stderr=subprocess.DEVNULL)
        deb, = glob.glob(tmp + '/*.deb')
        run('dpkg-deb', '-x', deb, tmp + '/root')
        os.rename(tmp + '/root', target)
    return target


def module_files(kernel):
    """Contents of the modules and what they depend on, in loading order."""
    paths = {}
    for path in glob.glob(kernel + '/lib/modules/*/kernel/**/*.ko*', recursive=True):
        name = os.path.basename(path).split('.ko')[0].replace('-', '_')
        paths[name] = path
    found, order = {}, []

    def load(name):
        name = name.replace('-', '_')
        if name in found or name not in paths:
            return  # built in, or done
        with open(paths[name], 'rb') as f:
            data = f.read()
        if paths[name].endswith('.xz'):
            data = lzma.decompress(data)
        found[name] = data
        depends = re.search(rb'\0depends=([^\0]*)\0', data)
        for other in depends.group(1).decode().split(',') if depends else []:
            if other:
                load(other)
        order.append(name)

    for module in MODULES:
        load(module)
    return [(name + '.ko', found[name]) for name in order]


def compile_init(folder):
    out = os.path.join(folder, 'init')
    sources = sorted(glob.glob(HERE + '/*.c'))
    run(os.environ.get('CC', 'gcc'), '-Wall', '-Wextra', '-O2', '-static', '-o', out,
        *sources)
    with open(out, 'rb') as f:
        return f.read()


class Cpio:
    """An initramfs in the kernel's own format ("newc")."""

    def __init__(self):
        self.out = io.BytesIO()
        self.made = set()
        self.inode = 0

    def entry(self, name, mode, data=b''):
        self.inode += 1
        name = name.encode() + b'\0'
        fields = [self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
        header = b'070701' + b''.join(b'%08x' % f for f in fields)
        for part in header + name, data:
            self.out.write(part + bytes(-len(part) % 4))

    def folder(self, path):
        if path and path not in self.made:
            self.folder(os.path.dirname(path))
            self.made.add(path)
            self.entry(path, stat.S_IFDIR | 0o755)

    def file(self, path, data, mode=0o755):
        path = path.lstrip('/')
        if path in self.made:
            return
        self.folder(os.path.dirname(path))
        self.made.add(path)
        self.entry(path, stat.S_IFREG | mode, data)

    def node(self, path, major, minor):
        self.folder(os.path.dirname(path))
        self.inode += 1
        name = path.encode() + b'\0'
        fields = [self.inode, stat.S_IFCHR | 0o600, 0, 0, 1, 0, 0, 0, 0, major, minor,
                  len(name), 0]
        part = b'070701' + b''.join(b'%08x' % f for f in fields) + name
        self.out.write(part + bytes(-len(part) % 4))

    def finish(self):
        self.entry('TRAILER!!!', 0)
        return gzip.compress(self.out.getvalue(), 1, mtime=0)


def libraries(program):
    """The libraries that the dynamic linker would load, from this machine (same release)."""
    out = run('ldd', program).decode()
    missing = re.findall(r'(\S+) => not found', out)
    if missing:
        sys.exit('guest: libraries are missing for spice-vdagentd: ' + ' '.join(missing))
    return re.findall(r'(?:=> )?(/\S+) \(0x', out)


def pack(folder, kernel, agent):
    cpio = Cpio()
    modules = module_files(kernel)
    for path in ('dev', 'proc', 'sys', 'run', 'tmp', 'var', 'var/log'):
        cpio.folder(path)
    cpio.node('dev/console', 5, 1)
    cpio.file('init', compile_init(folder))
    cpio.file('modules', ''.join(name + '\n' for name, _ in modules).encode(), 0o644)
    for name, data in modules:
        cpio.file('lib/modules/' + name, data, 0o644)
    daemon = agent + '/usr/sbin/spice-vdagentd'
    with open(daemon, 'rb') as f:
        cpio.file('usr/sbin/spice-vdagentd', f.read())
    for path in libraries(daemon):
        with open(path, 'rb') as f:
            cpio.file(path, f.read())
    return cpio.finish()


def recipe(*more):
    sha = hashlib.sha256('\n'.join(more).encode())
    for path in sorted(glob.glob(HERE + '/*')):
        if os.path.isfile(path):
            with open(path, 'rb') as f:
                sha.update(f.read())
    return sha.hexdigest()[:16]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = os.path.join(os.path.abspath(sys.argv[1]), 'test-guest')
    os.makedirs(folder, exist_ok=True)
    with open(folder + '/lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        package = kernel_package()
        target = os.path.join(folder, recipe(package))
        if not os.path.isdir(target):
            kernel = unpack(package, folder)
            agent = unpack('spice-vdagent', folder)
            say('packing')
            with tempfile.TemporaryDirectory(dir=folder) as tmp:
                os.mkdir(tmp + '/out')
                with open(tmp + '/out/initrd', 'wb') as f:
                    f.write(pack(tmp, kernel, agent))
                image, = glob.glob(kernel + '/boot/vmlinuz-*')
                os.link(image, tmp + '/out/vmlinuz')
                os.rename(tmp + '/out', target)
    print(target)


if __name__ == '__main__':
    main()
