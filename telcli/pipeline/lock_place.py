"""On which file systems a lock is one: other machines may write to a network's disk without seeing it."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from telcli.errors import UsageError

__all__ = ["Mount", "doubtful", "elsewhere", "mount_of", "no_locks", "refuse_doubtful"]

_MOUNTS = Path("/proc/self/mountinfo")
_SEEN_BY_ALL = ("fuse.glusterfs", "fuse.juicefs", "fuse.ceph", "fuse.ceph-fuse", "fuse.moosefs", "fuse.mfs")
"""Systems of a network in user space whose locks hold on every machine."""
_LOCAL = (
    *("fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.mergerfs", "fuse.bindfs", "fuse.fuse-overlayfs"),
    *("fuse.ntfs-3g", "fuse.lxcfs", "fuse.portal", "fuse.grpcfuse", "fuse.vmhgfs-fuse", "fuse.osxfs"),
)
"""Systems in user space over a disk of this machine, or a folder of the one that it runs in."""
_NFS_LOCAL = ("nolock", "local_lock=all", "local_lock=flock")
_WRITTEN = re.compile(r"\\([0-7]{3})")
_ALONE = "one-machine"


@dataclass(frozen=True)
class Mount:
    """A mounted file system: its kind (``ext4``, ``nfs4``, ``fuse.sshfs``) and the options it was mounted with."""

    kind: str
    options: tuple[str, ...]


def mount_of(path: Path, table: str) -> Mount | None:
    """The file system that a path lies on, by the text of /proc/self/mountinfo; None where none is told.

    >>> mount_of(Path("/data/work"), "36 35 0:3 / /data rw shared:1 - nfs4 host:/x vers=4.2,local_lock=none")
    Mount(kind='nfs4', options=('rw', 'vers=4.2', 'local_lock=none'))
    """
    best: tuple[int, Mount] | None = None
    for line in table.splitlines():
        before, dash, after = line.partition(" - ")
        own, system = before.split(), after.split()
        if not dash or len(own) < 6 or not system:
            continue
        top = Path(_WRITTEN.sub(lambda found: chr(int(found[1], 8)), own[4]))
        depth = len(top.parts)
        if (path == top or top in path.parents) and (best is None or depth >= best[0]):  # the last one lies on top
            best = depth, Mount(system[0], (*own[5].split(","), *(system[2].split(",") if len(system) > 2 else ())))
    return best[1] if best else None


def doubtful(mount: Mount) -> bool:
    """Whether other machines may write there without seeing the lock.

    >>> [doubtful(Mount(kind, ())) for kind in ("ext4", "nfs4", "fuse.sshfs", "fuseblk", "fuse.glusterfs")]
    [False, False, True, False, False]
    >>> doubtful(Mount("nfs", ("vers=3", "nolock"))), doubtful(Mount("cifs", ("nobrl",))), doubtful(Mount("cifs", ()))
    (True, True, False)
    """
    options = set(mount.options)
    if mount.kind in ("nfs", "nfs4"):
        return bool(options & set(_NFS_LOCAL))
    if mount.kind in ("cifs", "smb3", "smbfs"):
        return bool(options & {"nobrl", "nolock"})
    if mount.kind == "lustre":
        return "localflock" in options
    if mount.kind.startswith("fuse."):
        return mount.kind not in (*_SEEN_BY_ALL, *_LOCAL)
    return mount.kind in ("davfs", "afs", "ncpfs", "coda")


def refuse_doubtful(path: Path) -> None:
    """Refuse to write where a lock would not keep other machines out, unless the settings say that there are none.

    Raises
    ------
    UsageError
        It would not.
    """
    mount = _mounted(path.parent)
    if mount and doubtful(mount) and not _alone(path.parent):
        raise UsageError(
            "lock-doubtful",
            "{workdir} lies on {kind}, where other machines do not see that it is in use: two could write at once.",
            hint=_HINT,
            workdir=str(path.parent),
            kind=mount.kind,
        )


def elsewhere(path: Path) -> Path:
    """Where this machine locks instead, for a directory on a file system without locks that it alone writes.

    Raises
    ------
    UsageError
        The settings do not say that it does.
    """
    if not _alone(path.parent):
        raise no_locks(path)
    name = hashlib.sha256(str(path.parent.resolve()).encode()).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"telcli-{os.getuid()}-{name}.lock"


def no_locks(path: Path) -> UsageError:
    """That a file system has no locks."""
    mount = _mounted(path.parent)
    return UsageError(
        "lock-none",
        "{workdir} lies on a file system without locks ({kind}): two processes could write at once.",
        hint=_HINT,
        workdir=str(path.parent),
        kind=mount.kind if mount else "of a kind that is not known",
    )


_HINT = (
    "Take a directory on a disk of this machine; or, where this machine alone writes there, set lock = "
    '"one-machine" in [general] of telcli.toml.'
)


def _mounted(folder: Path) -> Mount | None:
    try:
        return mount_of(folder.resolve(), _MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:  # a system that does not tell
        return None


def _alone(folder: Path) -> bool:
    """Whether the settings say that one machine alone writes."""
    from telcli import settings

    return str(settings.settled("general", folder).lock) == _ALONE
