"""A second factor: set up over the pages, asked for at the next sign-in, and no way around it."""

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import NamedTuple

import pytest

from tests.factories import PASSWORD
from tests.members.pages import sign_in, signed_in_as

ACTIVATE = "/en/account/2fa/totp/activate/"
ASKED = "/en/account/2fa/authenticate/"


def code_of(secret: str, later: int = 0) -> str:
    """What an authenticator shows (RFC 6238), now or so many half minutes later."""
    moment = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(base64.b32decode(secret), moment, hashlib.sha1).digest()
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def open_set_up(client):
    """Ada's page with the secret, which asks for her password again."""
    sign_in(client)
    asked = client.get(ACTIVATE)
    assert asked["Location"].startswith("/en/account/reauthenticate/")
    return client.post(asked["Location"], {"password": PASSWORD}, follow=True)


class Factor(NamedTuple):
    secret: str
    recovery_code: str


@pytest.fixture
def factor(client, ada, settings) -> Factor:
    """Ada's second factor, set up; she is signed out again."""
    settings.MFA_TOTP_TOLERANCE = 1  # half minutes: one may pass while a test runs
    page = open_set_up(client).content.decode()
    (secret,) = re.findall(r'value="([A-Z2-7]{32})"', page)
    page = client.post(ACTIVATE, {"code": code_of(secret)}, follow=True).content.decode()
    (codes,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    client.logout()
    return Factor(secret, codes.split()[0])


def test_a_wrong_code_sets_up_nothing(client, ada):
    open_set_up(client)
    response = client.post(ACTIVATE, {"code": "000000x"})
    assert list(response.context["form"].errors) == ["code"]
    client.logout()
    sign_in(client)
    assert signed_in_as(client) == str(ada.pk)


def test_the_password_alone_no_longer_signs_in(client, factor):
    response = sign_in(client)
    assert response["Location"] == ASKED
    assert signed_in_as(client) is None
    client.get("/en/profile/")
    assert signed_in_as(client) is None


def test_the_code_of_the_authenticator_signs_in(client, ada, factor):
    sign_in(client)
    client.post(ASKED, {"code": code_of(factor.secret, later=1)})
    assert signed_in_as(client) == str(ada.pk)


def test_a_code_works_once(client, ada, factor):
    sign_in(client)
    code = code_of(factor.secret, later=1)
    client.post(ASKED, {"code": code})
    client.logout()
    sign_in(client)
    response = client.post(ASKED, {"code": code})
    assert list(response.context["form"].errors) == ["code"]
    assert signed_in_as(client) is None


def test_a_code_without_the_password_signs_nobody_in(client, factor):
    client.post(ASKED, {"code": code_of(factor.secret, later=1)})
    assert signed_in_as(client) is None


def test_a_recovery_code_signs_in_once(client, ada, factor):
    seen = []
    for _time in range(2):
        sign_in(client)
        client.post(ASKED, {"code": factor.recovery_code})
        seen.append(signed_in_as(client))
        client.logout()
    assert seen == [str(ada.pk), None]
