"""Static files out of node_modules: exactly the files that the settings name, and no other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage


class NpmStorage(FileSystemStorage):
    """Read-only storage in which each public name stands for one file of a package."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        super().__init__(location=settings.NPM_ROOT)
        self.files = files

    def path(self, name: str) -> str:
        """Where the file behind a public name lies."""
        return str(self.files[name])

    def exists(self, name: str) -> bool:
        """Whether the name is on the list."""
        return name in self.files


class NpmFinder(BaseFinder):
    """Finds what ``NPM_FILES`` lists: public name to path below ``NPM_ROOT``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        root = Path(settings.NPM_ROOT)
        self.files = {name: root / source for name, source in settings.NPM_FILES.items()}
        self.storage = NpmStorage(self.files)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Name the listed files that are not installed."""
        return [
            Error(f"{path} is missing.", hint="Run npm ci.", id="npm.E001")
            for path in self.files.values()
            if not path.is_file()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file behind a public name, if it is on the list."""
        found = self.files.get(path)
        if found is None or not found.is_file():
            return [] if find_all else None
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every listed file, for collectstatic."""
        for name in self.files:
            yield name, self.storage
