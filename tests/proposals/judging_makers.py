"""A committee with a proposal before it, for tests of judging."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hubs.models import Body, Hub, Lane, Round, SeatFunction, Term
from hubs.phases import Phase
from members.models import Member
from principles.models import LEVELS, Criterion, FrameworkVersion, Principle
from proposals import actions
from proposals.actions import propose_determination, save_assessment, submit_assessment
from proposals.models import Assessment, Determination, Proposal, Recusal
from tests.factories import NOON, make_hub, make_member, make_round, make_seat
from tests.proposals.makers import make_proposal

# code, weight, whom it is asked of
CRITERIA = (
    ("reach", 50, "RECIPIENT"),
    ("power", 30, "BOTH"),
    ("outcome", 20, "RECIPIENT"),
    ("openness", 100, "ALLOCATOR"),
)


@dataclass(frozen=True)
class Case:
    """Jo, Kim and Lea sit on the committee of the hub West; Author wrote the proposal."""

    hub: Hub
    body: Body
    round: Round
    proposal: Proposal
    jo: Member
    kim: Member
    lea: Member
    now: datetime

    @property
    def criteria(self) -> list[Criterion]:
        """Those that proposals are judged by, in order."""
        asked = Criterion.objects.filter(framework=self.round.framework_id)
        return list(asked.exclude(applies_to="ALLOCATOR").order_by("position"))

    def lane(self) -> Lane:
        return self.round.lanes.get(kind="GENERAL")

    def again(self) -> Proposal:
        """The proposal as it is now."""
        return Proposal.objects.get(pk=self.proposal.pk)


def make_case(
    *,
    phase: Phase = Phase.REVIEW,
    now: datetime = NOON,
    quorum: int = 2,
    is_open: bool = True,
    **told: Any,
) -> Case:
    """A round in a phase, with a framework of its own and a proposal that was submitted."""
    hub = make_hub("west", name_en="West", name_da="Vest")
    jo, kim, lea = (make_judge(name, hub, n) for n, name in enumerate(("Jo", "Kim", "Lea"), 1))
    Body.objects.filter(hub=hub).update(quorum=quorum)
    round_ = make_round(hub, phase, now=now, framework=make_criteria(), is_open=is_open)
    proposal = make_proposal(round_.lanes.get(), now=now - timedelta(days=60), **told)
    return Case(hub, Body.objects.get(hub=hub), round_, proposal, jo, kim, lea, now)


def make_judge(
    name: str, hub: Hub, number: int = 1, function: str = SeatFunction.COMMITTEE_MEMBER
) -> Member:
    member = make_member(name)
    seat_judge(member, hub, number, function)
    return member


def seat_judge(
    member: Member, hub: Hub, number: int, function: str = SeatFunction.COMMITTEE_MEMBER
) -> Term:
    years = timedelta(days=365)
    return Term.objects.create(
        seat=make_seat(hub, function, number),
        member=member,
        starts_at=NOON - years,
        ends_at=NOON + 2 * years,
        given_at=NOON - years,
    )


def make_criteria() -> FrameworkVersion:
    """A version with four criteria, one of them for those who allocate."""
    framework = FrameworkVersion.objects.create(number=2, title_en="Principles")
    principle = Principle.objects.create(
        framework=framework, position=1, code="equity", title_en="Equity", text_en="Restore it."
    )
    for position, (code, weight, applies_to) in enumerate(CRITERIA, 1):
        levels = {f"level_{level}_en": f"{code.title()} is at {level}." for level in LEVELS}
        Criterion.objects.create(
            framework=framework, principle=principle, position=position, code=code, weight=weight,
            dimension="OPPORTUNITY", applies_to=applies_to, question_en=f"What about {code}?",
            question_da=f"Hvad med {code}?", **levels,
        )  # fmt: skip
    return framework


def assess(
    case: Case,
    member: Member,
    *levels: int | None,
    reason: str = "Because.",
    is_submitted: bool = True,
    proposal: Proposal | None = None,
) -> Assessment:
    """What a member thinks of the proposal: a level a criterion, 3 where none is told."""
    wanted = [*levels, 3, 3, 3][: len(case.criteria)]
    scores = {c.pk: (level, reason) for c, level in zip(case.criteria, wanted, strict=True)}
    assessment = save_assessment(
        proposal=proposal or case.proposal, assessor=member, language="en", comment="",
        scores=scores, now=case.now,
    )  # fmt: skip
    return submit_assessment(assessment=assessment, now=case.now) if is_submitted else assessment


def put(case: Case, member: Member, outcome: str = "INELIGIBLE", **told: Any) -> Determination:
    """A decision that a member puts to the committee."""
    wanted: dict[str, Any] = {
        "proposal": case.proposal, "body": case.body, "reason": "Not in these countries.",
        "language": "en", "now": case.now,
    }  # fmt: skip
    return propose_determination(outcome=outcome, member=member, **(wanted | told))


def agree(case: Case, determination: Determination, member: Member) -> Determination:
    return actions.agree_determination(determination=determination, member=member, now=case.now)


def retract(case: Case, determination: Determination, member: Member) -> Determination:
    return actions.retract_determination(determination=determination, member=member, now=case.now)


def decided(case: Case, outcome: str, **told: Any) -> Determination:
    """A decision of Jo and Kim, in effect."""
    return agree(case, put(case, case.jo, outcome, **told), case.kim)


def recuse(
    case: Case, member: Member, reason: str = "MONEY", proposal: Proposal | None = None
) -> Recusal:
    return actions.recuse(
        proposal=proposal or case.proposal, member=member, reason=reason, now=case.now
    )


def end_terms(member: Member, now: datetime) -> None:
    """The member's seats are over since an hour."""
    Term.objects.filter(member=member).update(ends_at=now - timedelta(hours=1))
