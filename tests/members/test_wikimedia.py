"""Signing in with a Wikimedia account, against a wiki on this machine."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.mediawiki.views import MediaWikiOAuth2Adapter

from audit.models import TrailEntry
from members.models import Member
from tests.factories import make_member
from tests.members import wikimedia
from tests.members.pages import link_in, post_arrives, signed_in_as


@pytest.fixture
def wiki(settings, monkeypatch):
    provider = settings.SOCIALACCOUNT_PROVIDERS["mediawiki"]
    apps = [{"client_id": "our-client", "secret": "our-secret"}]
    settings.SOCIALACCOUNT_PROVIDERS = {"mediawiki": {**provider, "APPS": apps}}
    with wikimedia.running() as wiki:
        for name, path in {
            "access_token_url": "access_token",
            "authorize_url": "authorize",
            "profile_url": "resource/profile",
        }.items():
            monkeypatch.setattr(MediaWikiOAuth2Adapter, name, f"{wiki.rest_api}/oauth2/{path}")
        yield wiki


def set_out(client, language: str = "en") -> dict[str, str]:
    """Press the button; what the wiki is asked to authorize."""
    response = client.post(f"/{language}/account/mediawiki/login/")
    return {key: value for key, (value,) in parse_qs(urlsplit(response["Location"]).query).items()}


def come_back(client, asked: dict[str, str], **changed: str):
    """The wiki sends the visitor back with a code."""
    path = urlsplit(asked["redirect_uri"]).path
    return client.get(path, {"code": "a-code", "state": asked["state"], **changed})


def sign_in_with_wiki(client, language: str = "en"):
    return come_back(client, set_out(client, language))


def told() -> list[tuple[str, str]]:
    return list(TrailEntry.objects.values_list("verb", "target_id"))


def test_a_wikimedia_account_becomes_a_member_in_one_step(client, db, wiki):
    asked = set_out(client, "da")
    assert (asked["client_id"], asked["response_type"]) == ("our-client", "code")
    response = come_back(client, asked)
    assert response["Location"] == "/da/"
    expected = {
        "email": "zoe@example.org",
        "name": "Zoë Example",
        "home_country": "",
        "interface_language": "da",
        "reads": ["da"],
        "writes": "da",
    }
    assert Member.objects.values(*expected).get() == expected
    member = Member.objects.get()
    assert signed_in_as(client) == str(member.pk)
    assert not member.has_usable_password()
    assert told() == [("register_member", str(member.pk))]
    addresses = EmailAddress.objects.values_list("email", "verified", "user_id")
    assert list(addresses) == [("zoe@example.org", True, member.pk)]
    assert post_arrives() == []  # the wiki has confirmed the address


def test_the_wiki_is_asked_with_our_code_and_then_with_its_token(client, db, wiki):
    asked = set_out(client)
    come_back(client, asked)
    (token_path, _none, given), (profile_path, authorization, _empty) = wiki.asked
    assert token_path == "/w/rest.php/oauth2/access_token"
    assert (
        given.items()
        >= {
            "grant_type": "authorization_code",
            "code": "a-code",
            "redirect_uri": asked["redirect_uri"],
        }.items()
    )
    assert profile_path == "/w/rest.php/oauth2/resource/profile"
    assert authorization == f"Bearer {wikimedia.TOKEN['access_token']}"


def test_the_second_time_the_same_member_signs_in(client, db, wiki):
    sign_in_with_wiki(client)
    client.logout()
    wiki.profile |= {"username": "Renamed", "email": "moved@example.org"}
    sign_in_with_wiki(client)
    member = Member.objects.get()
    assert signed_in_as(client) == str(member.pk)
    assert (member.name, member.email) == ("Zoë Example", "zoe@example.org")
    assert told() == [("register_member", str(member.pk))]


@pytest.mark.parametrize("confirmed", [{"confirmed_email": False}, {"email": None}])
def test_without_an_address_the_wiki_has_confirmed_we_ask_and_confirm_it(
    client, db, wiki, confirmed
):
    wiki.profile |= confirmed
    response = sign_in_with_wiki(client)
    assert response["Location"] == "/en/account/3rdparty/signup/"
    assert not Member.objects.exists()
    form = {"email": "zoe@example.org", "name": "Zoë", "home_country": "DK"}
    client.post(response["Location"], form)
    member = Member.objects.get()
    assert (member.email, member.name, member.home_country) == (*form.values(),)
    assert told() == [("register_member", str(member.pk))]
    assert signed_in_as(client) is None
    (sent,) = post_arrives()
    client.post(link_in(sent))
    assert EmailAddress.objects.get().verified
    sign_in_with_wiki(client)
    assert signed_in_as(client) == str(member.pk)


def test_an_address_that_has_an_account_does_not_open_it(client, wiki, db):
    make_member("Zoe")
    sign_in_with_wiki(client)
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.exists()
    assert [sent.subject for sent in post_arrives()] == ["Account Already Exists"]


def test_an_answer_nobody_here_asked_for_signs_nobody_in(client, db, wiki):
    response = come_back(client, set_out(client), state="forged")
    assert (response.status_code, wiki.asked) == (401, [])
    assert signed_in_as(client) is None


def test_a_visitor_who_refuses_at_the_wiki_is_not_signed_in(client, db, wiki):
    response = come_back(client, set_out(client), code="", error="access_denied")
    assert response["Location"] == "/en/account/3rdparty/login/cancelled/"
    assert (signed_in_as(client), wiki.asked) == (None, [])


def test_a_wiki_that_fails_is_an_error_page_and_no_member(client, db, wiki):
    wiki.status = 503
    response = sign_in_with_wiki(client)
    assert response.status_code == 401
    assert "socialaccount/authentication_error.html" in [used.name for used in response.templates]
    assert not Member.objects.exists()


def test_without_a_client_of_ours_the_button_is_not_there(client, db, settings):
    address = "/en/account/mediawiki/login/"
    assert address not in client.get("/en/account/login/").content.decode()
    assert client.get(address).status_code == 404


def test_with_one_the_button_is_there(client, db, wiki):
    assert "/en/account/mediawiki/login/" in client.get("/en/account/login/").content.decode()
