"""Tasks that need no seat, and those of judges, whose committees proposals already know."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hubs.models import Hub, HubKind
from hubs.queries import home_hub
from members.languages import Worded
from members.templatetags.wording import reader_locale, written_number
from pages.queries.task import Task, Visit
from proposals.models import Proposal, ProposalStatus
from proposals.queries import (
    awaiting_assessment,
    awaiting_author,
    awaiting_voice,
    rounds_taking_proposals,
)
from texts.queries import localized, written
from voting.queries import OwnVote, own_votes


def profile(visit: Visit) -> Iterator[Task]:
    if not visit.member.home_country:
        yield Task(
            _("Say which country is home"),
            _("It decides which regional hub is yours."),
            reverse("members:profile"),
        )
    if not visit.member.reads:
        yield Task(
            _("Choose the languages you read"),
            _("Texts are then shown in the first of them they exist in."),
            reverse("members:languages"),
        )


def votes(visit: Visit) -> Iterator[Task]:
    """The open votes a member is on the roll of; what is chosen is read by pseudonym."""
    for election, own in own_votes(visit.member, visit.keys, visit.now):
        if own.drafted is None and own.version:
            continue
        what, why, stage = _vote_in_words(own, is_practice=election.round.is_practice)
        yield Task(
            what,
            why,
            reverse(f"voting:{stage}", args=[election.pk]),
            election.closes_at,
            election.round.hub,
            Worded(election.title, election.title_language),
        )


def _vote_in_words(own: OwnVote, *, is_practice: bool) -> tuple[str, str, str]:
    """What there is to do, why, and on which page of the booth."""
    if own.drafted is None:
        practice = _("This is practice: nothing is decided in it.")
        why = practice if is_practice else _("You are on the roll of this vote.")
        return _("Vote"), why, "vote"
    what = ngettext("Not cast yet: %(count)s chosen", "Not cast yet: %(count)s chosen", own.drafted)
    if own.version:
        why = _("Your earlier vote counts until you cast the new one.")
    else:
        why = _("Your choices are saved, and they do not count until you cast them.")
    return what % {"count": written_number(own.drafted, reader_locale())}, why, "review"


def own_proposals(visit: Visit) -> Iterator[Task]:
    """Drafts and what came back, as long as the round waits for them."""
    for proposal in awaiting_author(visit.member, visit.now):
        round_ = proposal.lane.round
        is_draft = proposal.status == ProposalStatus.DRAFT
        if is_draft:
            what, why = _("Finish your draft"), _("It is not handed in yet.")
        else:
            what = _("Answer the committee's questions")
            why = _("Your proposal came back to you; change it and hand it in again.")
        yield Task(
            what,
            why,
            reverse("proposals:edit_proposal", args=[proposal.pk]),
            round_.review_at if is_draft else round_.voting_at,
            round_.hub,
            _title(proposal, visit),
        )


def _title(proposal: Proposal, visit: Visit) -> Worded | None:
    words = written(proposal.text, visit.chain)
    return Worded(words.title, words.language) if words.title else None


def rounds_to_write_for(visit: Visit) -> Iterator[Task]:
    """Rounds of the home hub and of all members for which the member has written nothing yet."""
    taking = rounds_taking_proposals(visit.now).filter(
        Q(hub=home_hub(visit.member)) | Q(hub__kind=HubKind.GLOBAL)
    )
    for round_ in taking.exclude(lanes__proposals__author=visit.member):
        yield Task(
            _("Propose something"),
            _("This round takes proposals now, in any language."),
            reverse("proposals:propose", args=[round_.pk]),
            round_.review_at,
            round_.hub,
            localized(round_, "title", visit.chain),
        )


def assessments(visit: Visit) -> Iterator[Task]:
    """One task a hub, however many proposals are before its committee."""
    waiting = awaiting_assessment(visit.member, visit.now).prefetch_related(None).order_by()
    counted = list(
        waiting.values("lane__round__hub").annotate(
            count=Count("pk"), until=Min("lane__round__voting_at")
        )
    )
    hubs = Hub.objects.in_bulk([row["lane__round__hub"] for row in counted])
    for row in counted:
        hub, count = hubs[row["lane__round__hub"]], row["count"]
        what = ngettext(
            "%(count)s proposal waits for your assessment",
            "%(count)s proposals wait for your assessment",
            count,
        )
        yield Task(
            what % {"count": written_number(count, reader_locale())},
            _("You sit on this hub's committee."),
            reverse("proposals:desk", args=[hub.slug]),
            row["until"],
            hub,
        )


def voices(visit: Visit) -> Iterator[Task]:
    """A decision alone by its title; where there are more in a hub, how many, counted unread."""
    waiting = awaiting_voice(visit.member, visit.now)
    by_hub = "proposal__lane__round__hub"
    counted = waiting.prefetch_related(None).order_by().values(by_hub)
    found = list(counted.annotate(count=Count("pk"), until=Min("proposal__lane__round__voting_at")))
    alone = [row[by_hub] for row in found if row["count"] == 1]
    for determination in waiting.filter(**{f"{by_hub}__in": alone}) if alone else ():
        proposal = determination.proposal
        yield Task(
            _("A decision of your committee waits for your voice"),
            _("Nobody decides alone: read it, then agree or speak against it."),
            reverse("proposals:determine", args=[proposal.pk]),
            proposal.lane.round.voting_at,
            proposal.lane.round.hub,
            _title(proposal, visit),
        )
    hubs = Hub.objects.in_bulk([row[by_hub] for row in found if row["count"] > 1])
    for row in found:
        if hub := hubs.get(row[by_hub]):
            yield _many_voices(hub, row["count"], row["until"])


def _many_voices(hub: Hub, count: int, until: datetime) -> Task:
    what = ngettext(
        "%(count)s decision of your committee waits for your voice",
        "%(count)s decisions of your committee wait for your voice",
        count,
    )
    return Task(
        what % {"count": written_number(count, reader_locale())},
        _("Nobody decides alone: read it, then agree or speak against it."),
        reverse("proposals:desk", args=[hub.slug]),
        until,
        hub,
    )


FOR_EVERYONE: tuple[Callable[[Visit], Iterator[Task]], ...] = (
    profile, votes, own_proposals, rounds_to_write_for, assessments, voices,
)  # fmt: skip
