"""What authors and translators do: each deed, its trace, and each of its refusals."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import TrailEntry
from hubs.models import SeatFunction
from hubs.phases import Phase
from proposals import actions
from proposals.actions import Line
from proposals.models import (
    EDITABLE,
    WITHDRAWABLE,
    Proposal,
    ProposalStatus,
    Recusal,
    RequestLine,
)
from proposals.queries import missing_of, total_minor
from tests.factories import NOON, make_hub, make_member, make_round, make_term
from tests.proposals.makers import make_proposal, move
from texts.actions import EmptyTranslation, IsTheSource
from texts.models import SourceText
from texts.queries import written

STATUSES = ProposalStatus.values
MINUTE = timedelta(minutes=1)


@pytest.fixture
def round_(west):
    return make_round(west, Phase.SUBMISSION, lanes={"GENERAL": 100_000, "READERS": 5_000})


@pytest.fixture
def lane(round_):
    return round_.lanes.get(kind="GENERAL")


WORDS = {"language": "da", "title": "Brønd", "summary": "Vand til byen.", "body": "Vi graver."}
PLACE = {"country": "DK", "minimum_minor": 30_000}
LINES = [Line("MONEY", 40_000, "Pumpe", "DK"), Line("STAFF_TIME", 90, "Hjælp", "SE")]


def draft(lane, author, **told):
    given: dict[str, Any] = WORDS | PLACE | {"lines": LINES, "now": NOON} | told
    return actions.draft_proposal(lane=lane, author=author, **given)


def edit(proposal, **told):
    given: dict[str, Any] = (
        WORDS | PLACE | {"lines": LINES, "now": NOON, "lane": proposal.lane} | told
    )
    return actions.edit_proposal(proposal=proposal, **given)


def traces(proposal):
    return [entry.verb for entry in TrailEntry.objects.about(proposal).order_by("pk")]


def stored(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def lines_of(proposal):
    found = proposal.lines.order_by("position")
    return [Line(row.kind, row.amount_minor, row.purpose, row.country) for row in found]


def moment_in(round_, phase):
    """Just after the phase began."""
    return dict(round_.timetable.begins())[phase] + MINUTE


# Drafts


def test_a_draft_keeps_what_was_typed_and_leaves_a_trace_without_words(lane, ada):
    proposal = stored(draft(lane, ada))
    words = written(proposal.text, ())
    assert (words.title, words.summary, words.body, words.language) == (
        "Brønd", "Vand til byen.", "Vi graver.", "da",
    )  # fmt: skip
    assert (proposal.status, proposal.author, proposal.submitted_at) == ("DRAFT", ada, None)
    assert (proposal.country, proposal.minimum_minor) == ("DK", 30_000)
    assert lines_of(proposal) == LINES
    entry = TrailEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.role) == ("draft_proposal", ada.pk, "AUTHOR")
    assert entry.after == {
        "lane": "GENERAL", "language": "da", "revision": 1, "country": "DK",
        "asked": {"MONEY": 40_000, "STAFF_TIME": 90}, "minimum_minor": 30_000,
    }  # fmt: skip


def test_a_draft_may_be_empty_but_for_its_language(lane, ada):
    proposal = draft(
        lane, ada, title="", summary="", body="", country="", minimum_minor=None, lines=[]
    )
    assert missing_of(proposal) == ["title", "summary", "body", "country", "lines"]


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.SUBMISSION}))
def test_nothing_is_drafted_outside_submission(west, ada, phase):
    lane = make_round(west, phase).lanes.get()
    with pytest.raises(actions.NotOpen):
        draft(lane, ada)


@pytest.mark.parametrize("fields", [{"is_open": False}, {"is_practice": True}])
def test_nothing_is_drafted_in_a_round_that_nobody_opened_nor_for_practice(west, ada, fields):
    lane = make_round(west, Phase.SUBMISSION, **fields).lanes.get()
    with pytest.raises(actions.NotOpen):
        draft(lane, ada)
    assert not SourceText.objects.exists()


def test_a_request_has_no_more_lines_than_the_form_can_show(lane, ada):
    with pytest.raises(actions.TooManyLines):
        draft(lane, ada, lines=LINES[:1] * 9)
    assert not Proposal.objects.exists()
    assert len(lines_of(draft(lane, ada, lines=LINES[:1] * 8))) == 8


# Editing


def test_an_edit_replaces_everything_and_tells_before_and_after(lane, round_, ada):
    proposal = draft(lane, ada)
    readers = round_.lanes.get(kind="READERS")
    other = [Line("DATA", 1, "Access", "FR")]
    edit(
        proposal, lane=readers, language="fr", title="Puits", country="FR", minimum_minor=None,
        lines=other,
    )  # fmt: skip
    found = stored(proposal)
    assert (found.lane, found.country, found.minimum_minor) == (readers, "FR", None)
    assert (written(found.text, ()).title, found.text.language) == ("Puits", "fr")
    assert lines_of(found) == other
    entry = TrailEntry.objects.get(verb="edit_proposal")
    assert (entry.before["asked"], entry.after["asked"]) == (
        {"MONEY": 40_000, "STAFF_TIME": 90}, {"DATA": 1},
    )  # fmt: skip


@pytest.mark.parametrize("status", sorted(set(STATUSES) - EDITABLE))
def test_what_was_handed_in_is_not_edited(lane, status):
    proposal = make_proposal(lane, status=status)
    with pytest.raises(actions.NotEditable):
        edit(proposal)
    assert written(stored(proposal).text, ()).title == "A well"


def test_a_proposal_stays_in_its_round(west, lane, ada):
    with pytest.raises(actions.OtherRound):
        edit(draft(lane, ada), lane=make_round(west, Phase.SUBMISSION).lanes.get())


def test_what_was_returned_is_edited_until_deliberation_ends(round_, lane):
    proposal = make_proposal(lane, status="RETURNED")
    edit(proposal, now=moment_in(round_, Phase.DELIBERATION))
    with pytest.raises(actions.NotOpen):
        edit(proposal, now=moment_in(round_, Phase.VOTING), title="Later")
    assert written(stored(proposal).text, ()).title == "Brønd"


def test_a_draft_is_ones_own_and_edited_even_after_submission(round_, lane, ada):
    proposal = draft(lane, ada)
    edit(proposal, title="For next time", now=moment_in(round_, Phase.VOTING))
    assert written(stored(proposal).text, ()).title == "For next time"


# Handing in


def test_a_proposal_is_handed_in_and_its_words_are_fixed(lane, ada):
    proposal = draft(lane, ada)
    actions.submit_proposal(proposal=proposal, now=NOON + MINUTE)
    found = stored(proposal)
    assert (found.status, found.submitted_at) == ("SUBMITTED", NOON + MINUTE)
    assert found.text.frozen_at == NOON + MINUTE
    entry = TrailEntry.objects.get(verb="submit_proposal")
    assert (entry.before, entry.after["status"]) == ({"status": "DRAFT"}, "SUBMITTED")


def test_what_was_returned_is_handed_in_again_until_deliberation_ends(round_, lane):
    first, second = (make_proposal(lane, status="RETURNED") for _ in range(2))
    late = moment_in(round_, Phase.DELIBERATION)
    actions.submit_proposal(proposal=first, now=late)
    assert (stored(first).status, stored(first).submitted_at) == ("SUBMITTED", late)
    with pytest.raises(actions.NotOpen):
        actions.submit_proposal(proposal=second, now=moment_in(round_, Phase.VOTING))
    assert (stored(second).status, stored(second).text.frozen_at) == ("RETURNED", None)


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.SUBMISSION, Phase.PREPARATION}))
def test_a_draft_is_not_handed_in_after_submission(round_, lane, ada, phase):
    proposal = draft(lane, ada)
    with pytest.raises(actions.NotOpen):
        actions.submit_proposal(proposal=proposal, now=moment_in(round_, phase))


@pytest.mark.parametrize("status", sorted(set(STATUSES) - EDITABLE))
def test_nothing_is_handed_in_twice(lane, status):
    proposal = make_proposal(lane, status=status)
    with pytest.raises(actions.NotEditable):
        actions.submit_proposal(proposal=proposal, now=NOON)


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({"title": " "}, ["title"]),
        ({"summary": ""}, ["summary"]),
        ({"body": ""}, ["body"]),
        ({"country": ""}, ["country"]),
        ({"lines": [], "minimum_minor": None}, ["lines"]),
        ({"title": "", "lines": []}, ["title", "lines"]),
    ],
)
def test_what_is_not_complete_is_not_handed_in_and_told_what_is_missing(lane, ada, told, missing):
    proposal = draft(lane, ada, **told)
    with pytest.raises(actions.Incomplete) as refusal:
        actions.submit_proposal(proposal=proposal, now=NOON)
    assert list(refusal.value.missing) == missing
    assert (stored(proposal).status, stored(proposal).text.frozen_at) == ("DRAFT", None)


@pytest.mark.parametrize(("asked", "fits"), [(100_000, True), (100_001, False)])
def test_nobody_asks_for_more_money_than_the_lane_has(lane, ada, asked, fits):
    lines = [Line("MONEY", asked - 1, "A", "DK"), Line("MONEY", 1, "B", "DK")]
    proposal = draft(lane, ada, lines=[*lines, Line("CAPACITY", 10**9, "C", "DK")])
    if fits:
        actions.submit_proposal(proposal=proposal, now=NOON)
    else:
        with pytest.raises(actions.TooMuch):
            actions.submit_proposal(proposal=proposal, now=NOON)
    assert stored(proposal).status == ("SUBMITTED" if fits else "DRAFT")


def test_a_lane_without_money_gives_none(west, ada):
    round_ = make_round(west, Phase.SUBMISSION, is_open=False)
    lane = round_.lanes.get()
    lane.budgets.all().delete()
    round_.opened_at = NOON - MINUTE
    round_.save()
    proposal = draft(lane, ada, minimum_minor=None)
    with pytest.raises(actions.TooMuch):
        actions.submit_proposal(proposal=proposal, now=NOON)
    edit(proposal, lines=LINES[1:], minimum_minor=None)
    actions.submit_proposal(proposal=proposal, now=NOON)
    assert total_minor(stored(proposal), "MONEY") == 0
    assert total_minor(stored(proposal), "STAFF_TIME") == 90


@pytest.mark.parametrize(("minimum", "fits"), [(None, True), (40_000, True), (40_001, False)])
def test_the_smallest_sum_is_no_more_than_what_is_asked(lane, ada, minimum, fits):
    proposal = draft(lane, ada, minimum_minor=minimum)
    if fits:
        actions.submit_proposal(proposal=proposal, now=NOON)
    else:
        with pytest.raises(actions.MinimumTooHigh):
            actions.submit_proposal(proposal=proposal, now=NOON)
    assert stored(proposal).status == ("SUBMITTED" if fits else "DRAFT")


# Taking back


@pytest.mark.parametrize("status", sorted(WITHDRAWABLE))
def test_a_withdrawn_proposal_stays_to_be_read_and_never_changes_again(lane, status):
    proposal = make_proposal(lane, status=status)
    actions.withdraw_proposal(proposal=proposal, now=NOON + MINUTE)
    found = stored(proposal)
    assert (found.status, found.text.frozen_at is not None) == ("WITHDRAWN", True)
    assert written(found.text, ()).title == "A well"
    for attempt in (
        lambda: edit(found),
        lambda: actions.submit_proposal(proposal=found, now=NOON),
        lambda: actions.withdraw_proposal(proposal=found, now=NOON),
        lambda: actions.discard_draft(proposal=found, now=NOON),
    ):
        with pytest.raises((actions.NotEditable, actions.NotWithdrawable, actions.NotADraft)):
            attempt()
    assert traces(proposal) == ["withdraw_proposal"]
    assert TrailEntry.objects.get().before == {"status": status}


@pytest.mark.parametrize("status", sorted(set(STATUSES) - WITHDRAWABLE))
def test_what_was_decided_or_never_handed_in_is_not_withdrawn(lane, status):
    proposal = make_proposal(lane, status=status)
    with pytest.raises(actions.NotWithdrawable):
        actions.withdraw_proposal(proposal=proposal, now=NOON)
    assert stored(proposal).status == status


def test_a_discarded_draft_is_gone_with_its_words_and_the_trail_remembers(lane, ada):
    proposal = draft(lane, ada)
    actions.discard_draft(proposal=proposal, now=NOON)
    assert not Proposal.objects.exists()
    assert not SourceText.objects.exists()
    assert not RequestLine.objects.exists()
    assert [entry.verb for entry in TrailEntry.objects.order_by("pk")] == [
        "draft_proposal", "discard_draft",
    ]  # fmt: skip
    assert {entry.target_id for entry in TrailEntry.objects.all()} == {str(proposal.pk)}


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"DRAFT"}))
def test_what_was_handed_in_is_not_discarded(lane, status):
    proposal = make_proposal(lane, status=status)
    with pytest.raises(actions.NotADraft):
        actions.discard_draft(proposal=proposal, now=NOON)
    assert stored(proposal).status == status


def test_whoever_comes_to_a_discarded_draft_is_told_so(lane, ada):
    proposal = draft(lane, ada)
    gone = Proposal.objects.get(pk=proposal.pk)
    actions.discard_draft(proposal=proposal, now=NOON)
    for attempt in (
        lambda: edit(gone),
        lambda: actions.submit_proposal(proposal=gone, now=NOON),
        lambda: actions.withdraw_proposal(proposal=gone, now=NOON),
        lambda: actions.discard_draft(proposal=gone, now=NOON),
        lambda: translate(gone, ada),
    ):
        with pytest.raises(actions.Discarded):
            attempt()


# How many


def test_an_author_has_ten_proposals_in_a_round_those_withdrawn_left_out(west, lane, ada):
    first, *_others = [
        make_proposal(lane, ada, status)
        for status in ("SUBMITTED", "DECLINED", *["DRAFT"] * (actions.MAX_PROPOSALS - 2))
    ]
    with pytest.raises(actions.TooManyProposals):
        draft(lane, ada)
    with pytest.raises(actions.TooManyProposals):
        draft(lane.round.lanes.get(kind="READERS"), ada)
    assert Proposal.objects.count() == actions.MAX_PROPOSALS == 10
    draft(lane, make_member("Bo"))
    draft(make_round(west, Phase.SUBMISSION).lanes.get(), ada)
    actions.withdraw_proposal(proposal=first, now=NOON)
    draft(lane, ada)


# Translating


@pytest.fixture
def tor(west):
    member = make_member("Tor", reads=["da", "fr"], writes="da")
    make_term(member, west, SeatFunction.TRANSLATOR)
    return member


def translate(proposal, translator, language="da", **told):
    given = {"title": "Brønd", "summary": "Vand.", "body": "Vi graver."} | told
    return actions.translate_proposal(
        proposal=proposal, language=language, translator=translator, now=NOON, **given
    )


def test_a_translation_is_read_beside_the_original_and_leaves_a_trace(lane, tor):
    proposal = make_proposal(lane)
    translate(proposal, tor)
    words = written(stored(proposal).text, ["da"])
    assert (words.title, words.translator, words.is_translation) == ("Brønd", "Tor", True)
    assert written(stored(proposal).text, ["fr"]).title == "A well"
    entry = TrailEntry.objects.get()
    assert (entry.role, entry.actor_id, entry.target_id) == (
        "TRANSLATOR", tor.pk, str(proposal.pk),
    )  # fmt: skip
    assert entry.after == {"language": "da", "revision": 1}


def test_the_authors_words_are_not_translated_over(lane, tor):
    proposal = make_proposal(lane)
    with pytest.raises(IsTheSource):
        translate(proposal, tor, "en")
    with pytest.raises(EmptyTranslation):
        translate(proposal, tor, body=" ")
    assert not TrailEntry.objects.exists()


def test_a_draft_is_not_translated(lane, tor):
    with pytest.raises(actions.NotPublic):
        translate(make_proposal(lane, status="DRAFT"), tor)


@pytest.fixture
def ann(west):
    """She translates for another hub than the one that Tor translates for."""
    member = make_member("Ann")
    make_term(member, make_hub("north"), SeatFunction.TRANSLATOR)
    return member


def translator_of(proposal):
    return written(stored(proposal).text, ["da"]).translator


def test_whoever_wrote_a_translation_or_translates_for_the_hub_replaces_it(lane, tor, ann):
    proposal = make_proposal(lane)
    for member, title in ((ann, "Brond"), (ann, "Brønd"), (tor, "Brønden")):
        translate(proposal, member, title=title)
        assert translator_of(proposal) == member.name
    entry = TrailEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.before, entry.after) == (
        {"language": "da", "revision": 1}, {"language": "da", "revision": 1},
    )  # fmt: skip


def test_a_translator_of_another_hub_writes_a_new_translation_and_replaces_none(lane, tor, ann):
    proposal = make_proposal(lane)
    translate(proposal, tor)
    with pytest.raises(actions.NotYourTranslation):
        translate(proposal, ann, title="Hul")
    assert (translator_of(proposal), TrailEntry.objects.count()) == ("Tor", 1)
    translate(proposal, ann, "fr")


def the_author(proposal, west):
    return proposal.author


def a_judge(proposal, west):
    member = make_member("Kim")
    make_term(member, west, SeatFunction.COMMITTEE_MEMBER)
    return member


def someone_recused(proposal, west):
    member = make_member("Lea")
    Recusal.objects.create(proposal=proposal, member=member, reason="MONEY", recused_at=NOON)
    return member


@pytest.mark.parametrize("who", [the_author, a_judge, someone_recused])
def test_who_has_a_stake_or_a_vote_replaces_no_translation_not_even_their_own(west, lane, ann, who):
    proposal = make_proposal(lane)
    member = who(proposal, west)
    make_term(member, west, SeatFunction.TRANSLATOR)
    translate(proposal, ann)
    translate(proposal, member, "fr")
    for language in ("da", "fr"):
        with pytest.raises(actions.TranslationClosed):
            translate(proposal, member, language, title="Hul")
    assert translator_of(proposal) == "Ann"


def test_a_judge_of_another_hub_translates_like_everyone(lane, tor):
    make_term(tor, make_hub("south"), SeatFunction.COMMITTEE_MEMBER)
    proposal = make_proposal(lane)
    translate(proposal, tor)
    translate(proposal, tor, title="Brønden")


def test_a_translation_of_what_is_edited_afterwards_is_known_to_be_older(lane, tor):
    proposal = make_proposal(lane, status="RETURNED")
    translate(proposal, tor)
    edit(proposal, language="en", title="A deeper well")
    assert written(stored(proposal).text, ["da"]).is_outdated
    move(stored(proposal), "SUBMITTED")
    translate(proposal, tor)
    assert not written(stored(proposal).text, ["da"]).is_outdated


def test_every_refusal_of_this_module_is_tried_here():
    """A new exception class needs its test."""
    refusals = {
        name
        for name, thing in vars(actions).items()
        if isinstance(thing, type)
        and issubclass(thing, Exception)
        and thing.__module__ == "proposals.actions.writing"
    }
    tried = {
        "Discarded", "Incomplete", "MinimumTooHigh", "NotADraft", "NotEditable", "NotOpen",
        "NotPublic", "NotWithdrawable", "NotYourTranslation", "OtherRound", "TooManyLines",
        "TooManyProposals", "TooMuch", "TranslationClosed",
    }  # fmt: skip
    assert refusals == tried
