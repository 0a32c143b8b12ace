"""From nothing to signed in, over the pages; what is typed stays, and nobody learns who is here."""

import re

import pytest
from allauth.account.models import EmailAddress

from audit.models import TrailEntry
from members.models import Member, Message
from tests.factories import PASSWORD, make_hub
from tests.members.pages import (
    chosen,
    link_in,
    post_arrives,
    sign_in,
    signed_in_as,
    typed,
)

NEW = {
    "email": "New@Example.org",
    "password1": PASSWORD,
    "name": "O'Neil & <b>",
    "home_country": "DK",
}


def sign_up(client, language: str = "en", **changed):
    return client.post(f"/{language}/account/signup/", NEW | changed)


def test_a_visitor_becomes_a_member_by_the_link_in_a_mail(client, west):
    response = sign_up(client, "da")
    assert response.status_code == 302
    assert signed_in_as(client) is None
    member = Member.objects.get()
    waiting = Message.objects.values_list("address", "recipient_id", "template", "sent_at")
    confirmation = "account/email/email_confirmation_signup"
    assert list(waiting) == [("new@example.org", member.pk, confirmation, None)]

    (sent,) = post_arrives()
    assert (sent.to, sent.extra_headers) == (["new@example.org"], {"Content-Language": "da"})
    assert "Commonpurse" in sent.body
    link = link_in(sent)
    assert client.get(link).status_code == 200
    assert (
        not EmailAddress.objects.get().verified
    )  # a mail program that looks ahead confirms nothing
    assert client.post(link).status_code == 302
    assert EmailAddress.objects.get().verified

    sign_in(client, "new@example.org")
    assert signed_in_as(client) == str(member.pk)
    home = client.get("/da/")
    assert home.context["home"] == west


def test_what_was_told_at_sign_up_is_kept_and_the_trail_names_nobody(client, db):
    sign_up(client, "da")
    kept = {
        "email": "new@example.org",
        "name": "O'Neil & <b>",
        "home_country": "DK",
        "interface_language": "da",
        "reads": ["da"],
        "writes": "da",
        "is_staff": False,
        "is_superuser": False,
    }
    assert Member.objects.values(*kept).get() == kept
    member = Member.objects.get()
    trail = TrailEntry.objects.values_list("verb", "actor_id", "role", "target_id", "after")
    assert list(trail) == [("register_member", member.pk, "MEMBER", str(member.pk), {})]


@pytest.mark.parametrize("name", ["Ad\u202ea", "\u2068Ada\u2069", "\u200b", "\u3164", "\u2800"])
def test_a_name_that_turns_writing_round_or_cannot_be_seen_is_refused(client, db, name):
    response = sign_up(client, name=name)
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"name"}
    assert not Member.objects.exists()


def test_nobody_signs_in_before_the_address_is_confirmed(client, db):
    sign_up(client)
    response = sign_in(client, "new@example.org")
    assert response["Location"] == "/en/account/confirm-email/"
    assert signed_in_as(client) is None


def test_a_link_that_was_changed_confirms_nothing(client, db):
    sign_up(client)
    (sent,) = post_arrives()
    client.post(link_in(sent)[:-2] + "x/")
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("email", "new@"),
        ("password1", "short"),
        ("name", ""),
        ("name", "win at https://evil.example"),
        ("name", "Ada\tAdmin"),
        ("home_country", "XX"),
    ],
)
def test_what_was_typed_at_sign_up_stays_when_something_is_refused(client, db, field, wrong):
    response = sign_up(client, **{field: wrong})
    assert list(response.context["form"].errors) == [field]
    shown = {name: typed(response, name) for name in ("email", "name")}
    shown["home_country"] = chosen(response, "home_country")
    expected = {**NEW, field: wrong} | ({} if wrong else {field: None})
    expected |= {"home_country": ""} if field == "home_country" else {}
    assert shown == {name: expected[name] for name in shown}
    assert typed(response, "password1") is None
    assert not Member.objects.exists()


def test_a_wrong_password_keeps_the_address_typed(client, ada):
    response = sign_in(client, password="wrong")
    assert response.status_code == 200
    assert typed(response, "login") == "ada@example.org"
    assert typed(response, "password") is None
    assert signed_in_as(client) is None


def same(response) -> tuple[int, str | None, str]:
    """A response without what is new on every page or was typed by the visitor."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.status_code, response.get("Location"), re.sub(r"\w+@example.org", "", page)


def test_signing_in_does_not_tell_who_has_an_account(client, ada):
    known = sign_in(client, "ada@example.org", "wrong")
    assert same(known) == same(sign_in(client, "nobody@example.org", "wrong"))


def test_signing_up_does_not_tell_who_has_an_account(client, ada):
    new, known = sign_up(client), sign_up(client, email="ada@example.org")
    assert same(new) == same(known)
    told = {sent.to[0]: sent.subject for sent in post_arrives()}
    assert told == {
        "new@example.org": "Please Confirm Your Email Address",
        "ada@example.org": "Account Already Exists",
    }
    assert Member.objects.count() == 2


def ask_for_reset(client, address: str):
    return client.post("/en/account/password/reset/", {"email": address}, follow=True)


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(client, ada):
    known = ask_for_reset(client, "ada@example.org")
    assert same(known) == same(ask_for_reset(client, "nobody@example.org"))
    told = {sent.to[0]: sent.subject for sent in post_arrives()}
    assert told == {
        "ada@example.org": "Password Reset Email",
        "nobody@example.org": "Unknown Account",
    }


def set_password(client, link: str, password: str):
    form = client.get(link, follow=True)
    told = {"password1": password, "password2": password}
    client.post(form.request["PATH_INFO"], told)
    client.logout()


def test_a_new_password_is_set_by_the_link_in_a_mail_and_the_old_one_ends(client, ada):
    ask_for_reset(client, "ada@example.org")
    (sent,) = post_arrives()
    set_password(client, link_in(sent), "a new long secret")
    sign_in(client, password=PASSWORD)
    assert signed_in_as(client) is None
    sign_in(client, password="a new long secret")
    assert signed_in_as(client) == str(ada.pk)


def test_a_link_for_a_new_password_works_once(client, ada):
    ask_for_reset(client, "ada@example.org")
    (sent,) = post_arrives()
    set_password(client, link_in(sent), "a new long secret")
    set_password(client, link_in(sent), "somebody else's secret")
    sign_in(client, password="a new long secret")
    assert signed_in_as(client) == str(ada.pk)


def test_no_moment_of_signing_in_is_kept_on_the_member(client, ada):
    before = Member.objects.values().get()
    sign_in(client)
    assert signed_in_as(client) == str(ada.pk)
    assert Member.objects.values().get() == before
    assert "last_login" not in before


@pytest.fixture
def at_home(client, ada):
    client.force_login(ada)
    return client


def move(client, **told):
    return client.post("/en/profile/", {"name": "Ada", "home_country": ""} | told)


def test_the_home_country_gives_the_home_hub(at_home, west):
    south = make_hub("south", countries="BR")
    seen = []
    for country in ("DK", "BR", "SE", ""):
        move(at_home, home_country=country)
        seen.append(at_home.get("/en/").context["home"])
    assert seen == [west, south, None, None]


def test_the_trail_tells_of_a_move_and_not_of_a_new_name(at_home, ada):
    move(at_home, name="Ada B.")
    move(at_home, name="Ada C.", home_country="DK")
    move(at_home, name="Ada D.", home_country="DK")
    ada.refresh_from_db()
    assert (ada.name, ada.home_country) == ("Ada D.", "DK")
    assert list(TrailEntry.objects.values_list("verb", "before", "after")) == [
        ("move_home", {}, {})  # that someone moved, and not from where to where
    ]


def test_a_profile_that_is_refused_keeps_what_was_typed(at_home, ada):
    response = move(at_home, name="A new name", home_country="Denmark")
    assert list(response.context["form"].errors) == ["home_country"]
    assert typed(response, "name") == "A new name"
    ada.refresh_from_db()
    assert (ada.name, ada.home_country) == ("Ada", "")
