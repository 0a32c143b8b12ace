"""Makes the invented movement, once; a later call adds a round where nobody can vote any more."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import models, transaction
from modeltranslation.utils import build_localized_fieldname

from allocation.models import Apportionment
from audit.models import OPERATOR
from hubs.actions import found_centre, give_term
from hubs.models import Body, Cycle, Hub, HubCountry, Round, Seat, SeatFunction, Term
from members.actions import choose_languages, register_member
from members.languages import CURATED_LANGUAGES, INTERFACE_LANGUAGES
from members.models import Member
from pages.demo.crowd import make_crowd, translators_for
from pages.demo.hubs import CENTRE_BODIES, COMMITTEE, COUNTRIES, KINDS, NAMES
from pages.demo.judging import Committee, judge_all, judge_some
from pages.demo.money import (
    ask_to_share_staff_time,
    fund,
    left_of,
    newest_split,
    publish_formulas,
    share_money,
)
from pages.demo.people import PEOPLE, Person
from pages.demo.proposals import authors_for, entries, hand_in, translate, translations
from pages.demo.rounds import (
    COUNTING,
    DELIBERATION,
    NEXT,
    PLANS,
    REVIEW,
    SUBMISSION,
    Plan,
    opened_round,
    prepared_round,
)
from pages.demo.votes import (
    begin_a_vote,
    cast_into,
    close_what_is_over,
    fill_with_ballots,
    frozen_election,
    unfilled_vote,
    votes_now,
    withdraw_one,
)
from principles.actions import TWELVE, adopt_framework, load_framework, read_preset

Say = Callable[[str], None]
TERM = timedelta(days=3 * 365)


def seed(*, now: datetime, say: Say) -> bool:
    """Make what is missing; returns whether there was anything to do."""
    made = _found(now, say) or _next_round(now, say)
    if election := unfilled_vote(now):
        say("ballots for the open vote")
        begin_a_vote(election, Member.objects.get(email="amina@demo.invalid"))
        cast_into(election, "ssa")
        made = True
    return made


@transaction.atomic
def _found(now: datetime, say: Say) -> bool:
    """The whole movement up to this day: everything or nothing."""
    if Hub.objects.exists():
        return False
    began = now - timedelta(days=300)
    say("eight regional and three thematic hubs")
    hubs = {slug: _hub(slug) for slug in KINDS}
    say(f"{len(PEOPLE)} people with a part, and the members of every region")
    members = {person.name: _member(person, began) for person in PEOPLE}
    make_crowd(now)
    _seats(hubs, members, began)
    _seat_translators(hubs, members["Tomoko"], now - timedelta(days=190))
    say("the twelve principles, and the pools of the cycle shared by the formula")
    framework = load_framework(preset=read_preset(TWELVE), loader=OPERATOR, now=began)
    adopt_framework(framework=framework, adopter=OPERATOR, now=began)
    cycle = _cycle(now)
    formulas = publish_formulas(members, now - timedelta(days=200))
    shared = share_money(cycle, formulas.money, members, now - timedelta(days=200))
    ask_to_share_staff_time(shared, formulas.staff_time, members, now)
    say("four rounds and 120 proposals, in every phase")
    for plan in PLANS:
        _round(plan, hubs, members, cycle, shared, now)
    close_what_is_over()
    return True


@transaction.atomic
def _next_round(now: datetime, say: Say) -> bool:
    """Where no vote is open, a further round of the region that voted, with texts of its own."""
    if votes_now(now).exists():
        return False
    rounds = Round.objects.filter(hub__slug=NEXT.hub, is_practice=False)
    plan = NEXT._replace(number=rounds.count() + 1)
    shared = newest_split()
    if shared is None or not _still_seated(plan.hub, now) or left_of(shared, plan) < 0:
        say("no vote is open, and the region lacks the people or the money for another round")
        return False
    say("the vote before is over: another round, open for thirty days")
    members = {one.name: Member.objects.get(email=one.email) for one in PEOPLE}
    hubs = {plan.hub: Hub.objects.get(slug=plan.hub)}
    _round(plan, hubs, members, shared.pool.cycle, shared, now)
    return True


def _still_seated(hub: str, now: datetime) -> bool:
    """Whether those who run a round of the hub still hold the seats they were given at first."""
    return all(
        Term.objects.active(now)
        .filter(member__email=one.email, seat__function=function, seat__body__hub__slug=hub)
        .exists()
        for one in PEOPLE
        for slug, _body, function in one.seats
        if slug == hub
    )


def _round(
    plan: Plan,
    hubs: Mapping[str, Hub],
    members: Mapping[str, Member],
    cycle: Cycle,
    shared: Apportionment,
    now: datetime,
) -> None:
    """One round, as far as the clock has taken it."""
    before = plan.moment(SUBMISSION, now) - timedelta(days=8)
    round_ = prepared_round(plan, hubs[plan.hub], cycle, members, now)
    fund(round_, plan, shared, members, before)
    round_ = opened_round(round_, plan, members, now)
    listed = entries(plan.hub)
    proposals = hand_in(plan, round_, authors_for(plan.hub, listed, members), now)
    translators = translators_for(translations())
    translate(plan, proposals, translators, min(plan.moment(DELIBERATION, now), now))
    review, deliberation = plan.moment(REVIEW, now), plan.moment(DELIBERATION, now)
    if review > now:
        return
    committee = Committee(plan.hub, round_, members)
    if deliberation > now:
        judge_some(committee, proposals, review, now)
        return
    judge_all(committee, proposals, review, deliberation)
    election = frozen_election(plan, round_, members, now)
    if plan.moment(COUNTING, now) < now:
        fill_with_ballots(election, plan.hub)
    else:
        withdraw_one(proposals, now)


def _cycle(now: datetime) -> Cycle:
    cycle = Cycle(
        slug=str(now.year), starts_on=date(now.year, 1, 1), ends_on=date(now.year, 12, 31)
    )
    _worded(cycle, "name", dict.fromkeys(CURATED_LANGUAGES, str(now.year)))
    cycle.save()
    return cycle


def _worded(thing: models.Model, field: str, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        setattr(thing, build_localized_fieldname(field, language), text)


def _hub(slug: str) -> Hub:
    hub = Hub(slug=slug, kind=KINDS[slug])
    _worded(hub, "name", NAMES[slug])
    hub.save()
    HubCountry.objects.bulk_create(
        HubCountry(hub=hub, country=code) for code in COUNTRIES.get(slug, "").split()
    )
    return hub


def _member(person: Person, now: datetime) -> Member:
    member = Member.objects.create_user(person.email)
    EmailAddress.objects.create(user=member, email=person.email, verified=True, primary=True)
    offered = [code for code in person.languages if code in INTERFACE_LANGUAGES]
    language = offered[0] if offered else "en"
    register_member(
        member=member,
        name=person.name,
        home_country=person.country,
        interface_language=language,
        now=now,
    )
    return choose_languages(
        member=member,
        interface_language=language,
        reads=person.languages,
        writes=person.languages[0],
    )


def _seats(hubs: Mapping[str, Hub], members: Mapping[str, Member], now: datetime) -> None:
    bodies: dict[tuple[str | None, str], Body] = {
        (slug, "committee"): _body(hub, "committee", COMMITTEE) for slug, hub in hubs.items()
    }
    for slug, texts in CENTRE_BODIES.items():
        bodies[(None, slug)] = _body(None, slug, texts)
    found_centre(secretary=members["Tomoko"], ends_at=now + TERM, now=now)
    for hub in hubs.values():
        for function in ("CHAIR", "FACILITATOR", "TREASURER", "RETURNING_OFFICER"):
            Seat.objects.create(body=bodies[(hub.slug, "committee")], function=function)
    held: Counter[tuple[int, str]] = Counter()
    for person in PEOPLE:
        for hub_slug, body_slug, function in person.seats:
            body = bodies[(hub_slug, body_slug)]
            held[(body.pk, function)] += 1
            seat, _made = Seat.objects.get_or_create(
                body=body, function=function, number=held[(body.pk, function)]
            )
            if members[person.name] != members["Tomoko"]:
                give_term(
                    seat=seat,
                    member=members[person.name],
                    starts_at=now,
                    ends_at=now + TERM,
                    giver=members["Tomoko"],
                    now=now,
                )


def _seat_translators(hubs: Mapping[str, Hub], secretary: Member, now: datetime) -> None:
    """One of the crowd for each language that a hub's proposals are put into."""
    held: Counter[str] = Counter()
    for (slug, _language), member in translators_for(translations()).items():
        held[slug] += 1
        seat = Seat.objects.create(
            body=Body.objects.get(hub=hubs[slug], slug="committee"),
            function=SeatFunction.TRANSLATOR,
            number=held[slug],
        )
        give_term(
            seat=seat,
            member=member,
            starts_at=now,
            ends_at=now + TERM,
            giver=secretary,
            now=now,
        )


def _body(hub: Hub | None, slug: str, texts: Mapping[str, str]) -> Body:
    body = Body(hub=hub, slug=slug)
    _worded(body, "name", texts)
    body.save()
    return body
