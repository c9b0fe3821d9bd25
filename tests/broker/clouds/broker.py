# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Running osvdi-broker as some user, and watching that it keeps secrets."""
import glob
import json
import os
import pty
import re
import select
import signal
import stat
import subprocess
import threading
import time

OK, FAILED, USAGE, AUTH, NOT_FOUND, NOT_READY, SERVICE = range(7)


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return 'exit %d\n%s\n%s' % (self.code, self.out, self.err)


class Watch(threading.Thread):
    """Looks at the command line of every process for known secrets."""
    def __init__(self):
        super().__init__(daemon=True)
        self.secrets, self.found, self.looks = set(), [], 0
        self.done, self.since = threading.Event(), time.time()

    def add(self, secret):
        if secret:
            self.secrets.add(secret)

    def look(self):
        self.looks += 1
        for path in glob.glob('/proc/[0-9]*/cmdline'):
            try:
                with open(path, 'rb') as f:
                    line = f.read().decode(errors='replace')
            except OSError:
                continue
            self.found += [(line, s) for s in list(self.secrets) if s in line]

    def run(self):
        while not self.done.wait(0.15):
            self.look()


class Broker:
    """One user's osvdi-broker, with a home of its own."""
    program = None           # path, and what runs it (valgrind)
    wrapper = ()
    watch = None
    messages = []            # all that it wrote to standard error

    def __init__(self, home, environment):
        self.home = home
        os.makedirs(home, mode=0o755, exist_ok=True)
        self.env = {k: v for k, v in os.environ.items()
                    if k in ('PATH', 'LANG', 'DISPLAY', 'ASAN_OPTIONS',
                             'UBSAN_OPTIONS', 'LSAN_OPTIONS')}
        os.makedirs(home + '/tmp', mode=0o755, exist_ok=True)
        self.env.update(HOME=home, XDG_CACHE_HOME=home + '/cache',
                        XDG_CONFIG_HOME=home + '/config',
                        XDG_RUNTIME_DIR=home + '/tmp', TMPDIR=home + '/tmp',
                        G_DEBUG='fatal-criticals')
        self.env.update(environment)

    def cache_files(self):
        return glob.glob(self.home + '/cache/osvdi-broker/token-*')

    def forget(self):
        for path in self.cache_files():
            os.unlink(path)

    def popen(self, *args, env=None, **more):
        merged = dict(self.env)
        for k, v in (env or {}).items():
            if v is None:
                merged.pop(k, None)
            else:
                merged[k] = v
        return subprocess.Popen(
            [*self.wrapper, self.program, *args], env=merged, cwd=self.home,
            **{'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE,
               'stderr': subprocess.PIPE, 'text': True, 'umask': 0, **more})

    def run(self, *args, env=None, timeout=200, **more):
        p = self.popen(*args, env=env, **more)
        try:
            out, err = p.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            raise AssertionError('%s: no end\n%s%s' % (args, out, err))
        return self.finish(p, out, err)

    def finish(self, p, out, err):
        out = out or ''     # None where it went elsewhere
        result = Result(p.returncode, out, err)
        Broker.messages.append(err)
        self.learn(out)
        assert p.returncode >= 0, 'killed by signal %d\n%s' % (
            -p.returncode, err)
        for word in ('AddressSanitizer', 'LeakSanitizer', 'runtime error',
                     'CRITICAL', 'definitely lost'):
            assert word not in err, err
        if p.returncode:
            assert err.splitlines()[-1].startswith('osvdi-broker: '), err
        return result

    def learn(self, out):
        """Take what the broker printed or kept as secrets from now on."""
        if not self.watch:
            return
        for token in re.findall(r'token=([0-9a-f-]{36})', out):
            self.watch.add(token)
        for path in self.cache_files():
            with open(path) as f:
                self.watch.add(json.load(f)['id'])

    def ok(self, *args, **more):
        result = self.run(*args, **more)
        assert result.code == OK, (args, result)
        return result

    def fails(self, code, *args, **more):
        result = self.run(*args, **more)
        assert result.code == code, (args, code, result)
        assert not result.out, result
        return result

    def resolve(self, *args, **more):
        return self.ok('resolve', '-f', 'json', *args, **more).json

    def on_terminal(self, *args, typed=None, env=None, timeout=60):
        """Run it on a terminal; returns exit code and all that was shown."""
        merged = dict(self.env, TERM='xterm')
        for k, v in (env or {}).items():
            if v is None:
                merged.pop(k, None)
            else:
                merged[k] = v
        pid, fd = pty.fork()
        if not pid:
            os.chdir(self.home)
            command = [*self.wrapper, self.program, *args]
            os.execvpe(command[0], command, merged)
        shown, end = b'', time.time() + timeout
        while time.time() < end:
            if not select.select([fd], [], [], 0.5)[0]:
                continue
            try:
                data = os.read(fd, 4096)
            except OSError:
                break
            if not data:
                break
            shown += data
            if typed and (b': ' in shown or b'] ' in shown):
                os.write(fd, typed)
                typed = None
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(fd)
        _, status = os.waitpid(pid, 0)
        Broker.messages.append(shown.decode())
        return os.waitstatus_to_exitcode(status), shown.decode()


def all_files(directory):
    """Below directory, and right in the places that are everyone's."""
    for where, _, names in os.walk(directory):
        yield from (os.path.join(where, name) for name in names)
    for common in '/tmp', '/var/tmp', '/dev/shm', '/run':
        yield from (os.path.join(common, name) for name in os.listdir(common))


def exposed_files(directory, watch):
    """Files that hold a secret, and others may read."""
    bad = []
    for path in all_files(directory):
        try:
            state = os.lstat(path)
            if not stat.S_ISREG(state.st_mode) or not state.st_mode & 0o077 \
                    or state.st_mtime < watch.since:
                continue
            with open(path, 'rb') as f:
                data = f.read().decode(errors='replace')
        except FileNotFoundError:
            continue                     # another process's, gone by now
        bad += [path] if any(s in data for s in watch.secrets) else []
    return bad
