"""Python reads this at its start where this folder is on PYTHONPATH: no process made so opens a socket to a network.

Sockets between processes of this machine that have a file for an address (AF_UNIX) stay. Each attempt is noted in the
file that TELCLI_ATTEMPTS names, since whoever made it may have swallowed the refusal.
"""

import os
import socket
import sys
import traceback

_FORBIDDEN = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}


def _guard(event: str, given: tuple) -> None:
    if event in _FORBIDDEN and given[0].family == socket.AF_UNIX:
        return
    if event in _FORBIDDEN | _NAMES:
        line = traceback.extract_stack(limit=6)[0]
        note = os.open(os.environ["TELCLI_ATTEMPTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(note, f"{event} {given[1:]!r} {line.filename}:{line.lineno}\n".encode())
        os.close(note)
        raise PermissionError(f"{event} is forbidden here")


sys.addaudithook(_guard)
