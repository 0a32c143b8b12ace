"""Three language settings: where the interface's comes from, and how each is chosen and kept."""

import re
from uuid import UUID

import pytest
from django.conf import settings

from members.actions import MAX_READING_LANGUAGES, UnknownLanguage, choose_languages
from members.middleware import READS_COOKIE
from members.models import Member
from tests.members.pages import chosen, sign_in

COOKIE = settings.LANGUAGE_COOKIE_NAME
ME = "/api/v1/me/"


@pytest.mark.parametrize(
    ("path", "cookie", "accepted", "language"),
    [
        ("/fr/", "da", "ar", "fr"),
        ("/", "da", "ar", "da"),
        ("/", "", "ar,da", "ar"),
        ("/", "", "kl", "da"),
        ("/", "", "kl;q=0.1,es;q=0.9", "es"),
        ("/", "", "da-DK", "da"),
        ("/", "", "sw", "en"),
        ("/", "", "sw,fr;q=0.5", "fr"),
        ("/", "", "*", "en"),
        ("/", "", "", "en"),
        ("/", "sw", "fr", "fr"),
        ("/", "no such language", "fr", "fr"),
    ],
)
def test_the_interface_follows_the_address_then_the_cookie_then_the_browser(
    client, db, path, cookie, accepted, language
):
    client.cookies[COOKIE] = cookie
    response = client.get(path, headers={"accept-language": accepted}, follow=True)
    assert response.request["PATH_INFO"] == f"/{language}/"
    assert response["Content-Language"] == language
    (html,) = re.findall(r"<html[^>]*>", response.content.decode())
    direction = "rtl" if language == "ar" else "ltr"
    assert html == f'<html lang="{language}" dir="{direction}">'


def test_what_differs_by_reader_says_so_to_caches(client, west):
    for path in ("/", "/en/hubs/", "/api/v1/hubs/"):
        varies = set(client.get(path)["Vary"].lower().split(", "))
        assert varies >= {"accept-language", "cookie"}


def names_shown(client, path: str = "/en/hubs/west/", **headers: str) -> str:
    """The heading of the hub West, with the language it is marked with."""
    page = client.get(path, headers=headers).content.decode()
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return " ".join(heading.split())


DANISH = '<span lang="da" dir="ltr">Vest</span>'


@pytest.mark.parametrize(
    ("path", "accepted", "shown"),
    [
        ("/en/hubs/west/", "", "West"),
        ("/da/hubs/west/", "", "Vest"),
        ("/en/hubs/west/", "kl", DANISH),
        ("/en/hubs/west/", "sw,da;q=0.5,en;q=0.4", DANISH),
        ("/en/hubs/west/", "en,da", "West"),
        ("/ar/hubs/west/", "sw", '<span lang="en" dir="ltr">West</span>'),
    ],
)
def test_a_text_is_shown_in_the_readers_language_and_marked_with_it(
    client, west, path, accepted, shown
):
    assert names_shown(client, path, **{"accept-language": accepted}) == shown


def test_what_a_visitor_chose_to_read_counts_before_the_browser(client, west):
    client.cookies[READS_COOKIE] = "sw.kl"
    french = {"accept-language": "fr"}
    assert names_shown(client, **french) == DANISH


def test_a_member_reads_in_their_languages_on_any_machine(client, west, ada):
    Member.objects.update(reads=["kl"])
    client.force_login(ada)
    client.cookies[READS_COOKIE] = "fr"
    assert names_shown(client) == DANISH


def form(**changed: str) -> dict[str, str]:
    return {"interface_language": "da", "writes": "kl", "reads_1": "kl", "reads_3": "fr"} | changed


def settings_of(member: Member) -> tuple[str, list[str], str]:
    member.refresh_from_db()
    return member.interface_language, member.reads, member.writes


def cookies(response) -> dict[str, str]:
    return {name: response.cookies[name].value for name in (COOKIE, READS_COOKIE)}


def test_a_visitors_choice_is_kept_in_cookies(client, db):
    response = client.post("/en/languages/", form())
    assert response["Location"] == "/da/languages/"
    assert cookies(response) == {COOKIE: "da", READS_COOKIE: "kl.fr"}
    page = client.get("/da/languages/")
    fields = ("interface_language", "reads_1", "reads_2", "reads_3")
    assert [chosen(page, name) for name in fields] == ["da", "kl", "fr", ""]


def test_a_members_choice_is_kept_with_the_account(client, ada):
    client.force_login(ada)
    response = client.post("/en/languages/", form(reads_2="kl"))
    assert settings_of(ada) == ("da", ["kl", "fr"], "kl")
    assert cookies(response) == {COOKIE: "da", READS_COOKIE: "kl.fr"}
    page = client.get("/da/languages/")
    shown = {name: chosen(page, name) for name in form(reads_2="")}
    assert shown == form(reads_2="fr", reads_3="")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("interface_language", "sw"),
        ("interface_language", ""),
        ("writes", "klingon"),
        ("reads_2", "und"),
    ],
)
def test_a_language_that_cannot_be_chosen_is_refused_and_the_rest_stays_chosen(
    client, ada, field, wrong
):
    client.force_login(ada)
    response = client.post("/en/languages/", form(**{field: wrong}))
    assert list(response.context["form"].errors) == [field]
    kept = {name: value for name, value in form().items() if name != field}
    assert {name: chosen(response, name) for name in kept} == kept
    assert settings_of(ada) == ("", [], "")
    assert response.cookies.keys() & {COOKIE, READS_COOKIE} == set()


def told(**changed: object) -> dict[str, object]:
    return {"interface_language": "da", "reads": ["kl", "fr"], "writes": "kl"} | changed


def put(client, data):
    return client.put(ME, data, content_type="application/json")


def test_a_program_reads_and_sets_the_three_languages(client, ada):
    client.force_login(ada)
    about = {"id": str(ada.pk), "email": "ada@example.org", "name": "Ada", "home_country": ""}
    none = {"interface_language": "", "reads": [], "writes": ""}
    assert client.get(ME).json() == about | none
    assert put(client, told()).json() == about | told()
    assert client.get(ME).json() == about | told()
    assert settings_of(ada) == ("da", ["kl", "fr"], "kl")


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"interface_language": "sw"}, {"interface_language": ['"sw" is not a valid choice.']}),
        ({"writes": "klingon"}, {"writes": ["unknown language: klingon"]}),
        ({"reads": ["da", "und"]}, {"reads": {"1": ["unknown language: und"]}}),
        (
            {"reads": ["da", "fr", "kl", "ar", "sw", "es"]},
            {"reads": ["Ensure this field has no more than 5 elements."]},
        ),
    ],
)
def test_a_program_is_told_which_language_cannot_be_chosen(client, ada, wrong, fault):
    client.force_login(ada)
    response = put(client, told(**wrong))
    assert (response.status_code, response.json()) == (400, fault)
    assert settings_of(ada) == ("", [], "")


def test_a_program_changes_nothing_but_the_languages(client, ada):
    client.force_login(ada)
    put(client, told(email="other@example.org", name="Other", is_staff=True, id=str(UUID(int=1))))
    kept = Member.objects.values("id", "email", "name", "is_staff").get()
    assert kept == {"id": ada.pk, "email": "ada@example.org", "name": "Ada", "is_staff": False}


def test_the_members_interface_follows_the_sign_in_to_another_machine(client, ada):
    Member.objects.update(interface_language="da")
    assert client.get("/")["Location"] == "/en/"
    sign_in(client)
    assert client.get("/")["Location"] == "/da/"


def test_who_chose_no_interface_keeps_the_one_of_the_machine(client, ada):
    client.cookies[COOKIE] = "fr"
    sign_in(client)
    assert client.get("/")["Location"] == "/fr/"


def test_reading_languages_are_few_and_each_is_named_once(ada):
    chosen = ["kl", "da", "kl", "fr", "sw", "ar", "es"]
    choose_languages(member=ada, interface_language="", reads=chosen, writes="")
    assert settings_of(ada) == ("", ["kl", "da", "fr", "sw", "ar"][:MAX_READING_LANGUAGES], "")


@pytest.mark.parametrize(
    "wrong", [{"interface_language": "sw"}, {"reads": ["da", "xx"]}, {"writes": "xx"}]
)
def test_the_action_itself_refuses_what_cannot_be_chosen(ada, wrong):
    given = {"interface_language": "da", "reads": ["da"], "writes": "da"} | wrong
    with pytest.raises(UnknownLanguage):
        choose_languages(member=ada, **given)
    assert settings_of(ada) == ("", [], "")
