# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual and the completion know every command and option of --help."""
import os
import re
import subprocess
import sys

PROGRAM = os.path.abspath(os.environ['OSVDI_BROKER'])
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..',
                      'broker-cli')


def text(*args):
    return subprocess.run([PROGRAM, *args], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def completed(*words):
    """The words that bash would offer after these, the last being begun."""
    script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_osvdi_broker; printf "%s\\n" "${COMPREPLY[@]}"')
    out = subprocess.run(
        ['bash', '-c', script, 'bash', SOURCE + '/completion/osvdi-broker',
         PROGRAM, *words], stdout=subprocess.PIPE, text=True, check=True)
    return out.stdout.split()


def main():
    with open(SOURCE + '/osvdi-broker.1') as f:
        manual = f.read().replace('\\-', '-')
    commands = re.findall(r'^  ([a-z]+) +\S', text('--help').split(
        'Commands')[1], re.M)
    assert len(commands) == 18, commands
    missing = [c for c in commands
               if not re.search(r'^\.(B|BI|BR) .*\b%s\b' % c, manual, re.M)]
    for c in commands:
        options = set(re.findall(r'--[a-z][a-z-]+', text(c, '--help-all')))
        options -= {'--help', '--help-all', '--help-cloud'}
        assert '--verbose' in options, c
        missing += ['%s %s' % (c, o) for o in sorted(options)
                    if o not in manual]
    assert not missing, 'not in the manual: %s' % missing
    assert completed('un') == ['unshelve'], completed('un')
    assert '--via' in completed('resolve', '--v'), completed('resolve', '--v')
    assert completed('resolve', '--via', 'w') == ['websocket']
    assert completed('list', '-f', 'j') == ['json']
    assert completed('leases', 'ex') == ['extend']
    assert completed('plan', 'si') == ['simulate']


sys.exit(main())
