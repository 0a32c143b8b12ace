"""The standing cast of the tests.

Ada is a member and nothing else. Rui chairs the hub West, Fay facilitates it, Ona is its returning
officer. Sec is the secretary of the centre. Root is an administrator of the machine, who must pass
no permission of ours.
"""

import pytest
from django.utils import translation

from hubs.models import Hub, Round, SeatFunction
from members.models import Member
from tests.factories import make_hub, make_member, make_round, make_term


@pytest.fixture(autouse=True)
def in_english():
    """A page leaves its language on in the thread; no test begins in that of the one before."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """A password takes half a second to check, on purpose; here it would only take time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def west(db) -> Hub:
    return make_hub("west", countries="DK FR", name_en="West", name_da="Vest", name_fr="Ouest")


@pytest.fixture
def ada(db) -> Member:
    return make_member("Ada")


@pytest.fixture
def rui(west) -> Member:
    member = make_member("Rui")
    make_term(member, west, SeatFunction.CHAIR)
    return member


@pytest.fixture
def fay(west) -> Member:
    member = make_member("Fay")
    make_term(member, west, SeatFunction.FACILITATOR)
    return member


@pytest.fixture
def ona(west) -> Member:
    member = make_member("Ona")
    make_term(member, west, SeatFunction.RETURNING_OFFICER)
    return member


@pytest.fixture
def sec(db) -> Member:
    member = make_member("Sec")
    make_term(member, None, SeatFunction.SECRETARY)
    return member


@pytest.fixture
def root(db) -> Member:
    return Member.objects.create_superuser("root@example.org", "an administrator of the machine")


@pytest.fixture
def round_(west) -> Round:
    return make_round(west)
