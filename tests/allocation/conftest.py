"""Keys of elections lie in a folder of the test's own."""

from tests.voting.conftest import keys_folder

__all__ = ["keys_folder"]
