# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A system call filter that ends a process which asks for a priority, a scheduler
or processors of its own. QEMU's sandbox only refuses these calls, so that a test
would not see them."""
import ctypes
import os
import struct

KNOWN = os.uname().machine == 'x86_64'  # whose numbers of calls these are; no filter elsewhere
ARCH_X86_64 = 0xC000003E
SCHED_IDLE = 5  # which the sandbox allows
SETPRIORITY, SCHED_SETPARAM, SCHED_SETSCHEDULER, SCHED_SETAFFINITY = 141, 142, 144, 203

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # linux/bpf_common.h
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
NR, ARCH, SECOND = 0, 4, 24  # members of struct seccomp_data
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2

PROGRAM = [
    (LOAD, 0, 0, ARCH), (EQUAL, 0, 8, ARCH_X86_64),
    (LOAD, 0, 0, NR),
    (EQUAL, 5, 0, SETPRIORITY), (EQUAL, 4, 0, SCHED_SETPARAM), (EQUAL, 3, 0, SCHED_SETAFFINITY),
    (EQUAL, 0, 3, SCHED_SETSCHEDULER),
    (LOAD, 0, 0, SECOND), (EQUAL, 1, 0, SCHED_IDLE),
    (RETURN, 0, 0, KILL_PROCESS), (RETURN, 0, 0, ALLOW),
]


class _Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_char_p)]


_code = b''.join(struct.pack('HBBI', *line) for line in PROGRAM)
_libc = ctypes.CDLL(None, use_errno=True)


def refuse_loudly():
    """Filters this process and all that it starts; for subprocess's preexec_fn."""
    if not KNOWN:
        return
    program = _Program(len(PROGRAM), _code)
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or \
            _libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), 'cannot filter system calls')
