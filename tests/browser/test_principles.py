"""The principles in a browser: readable on a small screen, in either direction."""

import pytest

from tests.principles.makers import found_twelve

pytestmark = pytest.mark.browser


def test_the_principles_in_force_and_before(open_tab, db):
    tab = open_tab()
    tab.go("principles/")
    tab.look("principles-none")
    found_twelve()
    tab.go("principles/")
    tab.look("principles")
