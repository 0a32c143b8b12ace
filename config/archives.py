"""One file that holds others, with the SHA-256 of each: whole under its name, or not there at all.

A zip file that compresses nothing (a dump is compressed already). Its manifest is written last, and
its comment is the SHA-256 of all before it: cut short, or with one bit changed, it is refused. This
tells what is whole, not who made it: whoever may write an archive can write another.
"""

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from config.preflight import Problem

MANIFEST = "manifest.json"
PARTIAL = ".partial-"  # what begins the name of a file that is not whole yet
CHUNK = 1 << 20
SEAL = 64  # letters of a SHA-256


@dataclass
class Writer:
    """An archive that is being written, under a name that nobody takes for a whole one."""

    path: Path
    _zip: zipfile.ZipFile
    _hashes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, source: IO[bytes]) -> None:
        """Copy a stream of unknown length to its end."""
        total = hashlib.sha256()
        with self._zip.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                total.update(chunk)
                target.write(chunk)
        self._hashes[name] = total.hexdigest()

    def add_folder(self, prefix: str, folder: Path) -> list[str]:
        """Copy the regular files of a folder, by their paths in it; returns those.

        Files whose names begin with a dot are drafts of others. One that goes while we look was one.
        """
        added = []
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            inside = path.relative_to(folder)
            if any(part.startswith(".") for part in inside.parts) or not path.is_file():
                continue
            with contextlib.suppress(FileNotFoundError), path.open("rb") as source:
                self.add(f"{prefix}/{inside.as_posix()}", source)
                added.append(inside.as_posix())
        return added

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the manifest, which tells what the archive is, and have the disk keep all of it."""
        body = {**about, "files": self._hashes}
        self._zip.writestr(MANIFEST, json.dumps(body, sort_keys=True, indent=1))
        self._zip.comment = b"0" * SEAL
        self._zip.close()
        seal(self.path)

    def publish(self, name: str) -> Path:
        """Give the finished archive its name, which no other may have."""
        whole = self.path.with_name(name)
        if whole.exists():
            raise Problem(f"{whole} is there already; wait a second and try again.")
        self.path.rename(whole)
        descriptor = os.open(whole.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return whole


def seal(path: Path) -> None:
    """Write the hash of an archive over the last letters of it, and have the disk keep them."""
    with path.open("r+b") as file:
        found = _hash_of_all_before_the_seal(file)
        file.seek(-SEAL, os.SEEK_END)
        file.write(found)
        file.flush()
        os.fsync(file.fileno())


def is_sealed(path: Path) -> bool:
    """Whether the last letters of an archive are the hash of the rest."""
    with path.open("rb") as file:
        found = _hash_of_all_before_the_seal(file)
        return file.read() == found


def _hash_of_all_before_the_seal(file: IO[bytes]) -> bytes:
    left, total = max(0, file.seek(0, os.SEEK_END) - SEAL), hashlib.sha256()
    file.seek(0)
    while left:
        chunk = file.read(min(left, CHUNK))
        total.update(chunk)
        left -= len(chunk)
    return total.hexdigest().encode()


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[Writer]:
    """An archive in a folder, for its owner's eyes alone; gone at the end unless it was published."""
    path = folder / f"{PARTIAL}{os.getpid()}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w") as archive:
            yield Writer(path, archive)
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Delete what backups that were killed have left; only while no other runs."""
    for left in folder.glob(f"{PARTIAL}*"):
        left.unlink()


# What reading raises where an archive was made to break it.
_MISREAD = (OSError, ValueError, TypeError, AttributeError, RuntimeError)


class Reader:
    """An archive that was written by ``writing``; every way in which it is not whole is a Problem."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.about: dict[str, Any] = {}
        self._files: dict[str, str] = {}

    def __enter__(self) -> Self:
        with self._told():
            if not is_sealed(self.path):
                raise zipfile.BadZipFile("its hash is another")
            self._zip = zipfile.ZipFile(self.path)
            self.about = json.loads(self._zip.read(MANIFEST))
            self._files = dict(self.about.pop("files"))
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def names(self, prefix: str = "") -> list[str]:
        """The files below a prefix, without it."""
        start = f"{prefix}/" if prefix else ""
        return [name.removeprefix(start) for name in self._files if name.startswith(start)]

    def verify(self) -> None:
        """Read everything and compare it with the manifest, as somebody could have sealed it again."""
        with self._told():
            found = sorted(set(self._zip.namelist()) - {MANIFEST})
            if found != sorted(self._files) or len(self._zip.namelist()) != len(found) + 1:
                raise Problem(f"{self.path} does not hold the files that its manifest names.")
            for name in found:
                if self._leaves(name):
                    raise Problem(f"{self.path} would write outside its folder: {name}")
                for _chunk in self.read(name):
                    pass

    def read(self, name: str) -> Iterator[bytes]:
        """The content of a file in pieces; a Problem at its end where it was changed."""
        with self._told():
            total = hashlib.sha256()
            with self._zip.open(name) as source:
                while chunk := source.read(CHUNK):
                    total.update(chunk)
                    yield chunk
            if total.hexdigest() != self._files[name]:
                raise Problem(f"{self.path} was altered: {name} is not what its manifest says.")

    @staticmethod
    def _leaves(name: str) -> bool:
        path = PurePosixPath(name)
        return path.is_absolute() or ".." in path.parts

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise Problem(f"{self.path} is not there.") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, *_MISREAD) as error:
            raise Problem(
                f"{self.path} is truncated, altered or no archive of ours ({error}). "
                "Nothing was restored; take another."
            ) from error
