"""What the committees of the demo thought of the proposals, and determined together."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hubs.models import Body, Round, SeatFunction
from members.models import Member
from pages.demo.crowd import SEED
from pages.demo.people import Person, holder
from pages.demo.remarks import COMMENTS, DECISIONS, REASONS
from principles.models import Criterion
from principles.queries import criteria_for_recipients
from proposals.actions import (
    agree_determination,
    propose_determination,
    recuse,
    save_assessment,
    submit_assessment,
)
from proposals.models import Outcome, Proposal

# What is not accepted, by key of the file; everything else that was judged is shortlisted.
REFUSED = {
    "ssa-25": Outcome.DECLINED, "ssa-26": Outcome.INELIGIBLE, "ssa-27": Outcome.DECLINED,
    "ssa-28": Outcome.DECLINED, "ssa-29": Outcome.DECLINED, "ssa-30": Outcome.INELIGIBLE,
    "lac-29": Outcome.INELIGIBLE, "lac-30": Outcome.DECLINED, "lac-31": Outcome.DECLINED,
    "lac-32": Outcome.DECLINED,
    "mena-19": Outcome.DECLINED, "mena-20": Outcome.DECLINED, "mena-21": Outcome.RETURNED,
}  # fmt: skip
# Of the committee in review: what waits for its chair, and what only for a second voice.
WAITING = ("mena-01", "mena-05", "mena-12", "mena-17", "mena-24", "mena-27")
CLOSED_TO_CHAIR = "mena-17"  # her organisation wrote it
WITHOUT_QUORUM = "mena-27"  # both of the others have a stake in it
ONE_VOICE = ("mena-08", "mena-10", "mena-22")


class Committee:
    """The people who judge in a hub, in the languages they write."""

    def __init__(self, hub: str, round_: Round, members: Mapping[str, Member]) -> None:
        people = [holder(hub, SeatFunction.CHAIR), holder(hub, SeatFunction.COMMITTEE_MEMBER)]
        if hub == "mena":
            people.append(holder(hub, SeatFunction.COMMITTEE_MEMBER, 1))
        self.people: Sequence[Person] = people
        self.members = [members[person.name] for person in people]
        self.body = Body.objects.get(hub__slug=hub, slug="committee")
        assert round_.framework is not None  # noqa: S101 - it is open
        self.criteria: list[Criterion] = list(criteria_for_recipients(round_.framework))
        self.choose = random.Random(f"{SEED} {hub} committee")  # noqa: S311 - invented judgements

    def assess(self, proposal: Proposal, number: int, quality: float, at: datetime) -> None:
        """One member's assessment, around ``quality`` (1 to 4)."""
        language = _written(self.people[number])
        scores = {}
        for criterion in self.criteria:
            level = min(4, max(1, round(quality + self.choose.uniform(-0.9, 0.9))))
            scores[criterion.pk] = (level, self.choose.choice(REASONS[language][level]))
        assessment = save_assessment(
            proposal=proposal,
            assessor=self.members[number],
            language=language,
            comment=self.choose.choice(COMMENTS[language]),
            scores=scores,
            now=at,
        )
        submit_assessment(assessment=assessment, now=at + timedelta(minutes=30))

    def determine(
        self, proposal: Proposal, outcome: Outcome, at: datetime, voices: int = 2
    ) -> None:
        """Put an outcome to the body; with two voices it takes effect."""
        language = _written(self.people[0])
        determination = propose_determination(
            proposal=proposal,
            body=self.body,
            outcome=outcome,
            reason=self.choose.choice(DECISIONS[language][outcome]),
            language=language,
            member=self.members[0],
            now=at,
        )
        if voices > 1:
            agree_determination(
                determination=determination, member=self.members[1], now=at + timedelta(hours=5)
            )


def _written(person: Person) -> str:
    return next(code for code in (*person.languages, "en") if code in REASONS)


def judge_all(
    committee: Committee, proposals: Mapping[str, Proposal], begins: datetime, ends: datetime
) -> None:
    """Assess and determine every proposal between two moments."""
    for number, (key, proposal) in enumerate(proposals.items()):
        at = begins + (ends - begins) * (number + 1) / (len(proposals) + 2)
        outcome = REFUSED.get(key, Outcome.SHORTLISTED)
        quality = 3.1 if outcome == Outcome.SHORTLISTED else 1.6
        committee.assess(proposal, number % 2, quality, at)
        if number % 3 == 0:
            committee.assess(proposal, 1 - number % 2, quality, at + timedelta(hours=1))
        committee.determine(proposal, outcome, at + timedelta(hours=3))


def judge_some(
    committee: Committee, proposals: Mapping[str, Proposal], begins: datetime, ends: datetime
) -> None:
    """The committee in review: most is done, six wait for the chair, three for a second voice."""
    chair, second, third = committee.members
    recuse(proposal=proposals[CLOSED_TO_CHAIR], member=chair, reason="AFFILIATION", now=begins)
    recuse(proposal=proposals[WITHOUT_QUORUM], member=second, reason="FAMILY", now=begins)
    recuse(proposal=proposals[WITHOUT_QUORUM], member=third, reason="EMPLOYMENT", now=begins)
    done = {key: one for key, one in proposals.items() if key not in (*WAITING, *ONE_VOICE)}
    judge_all(committee, done, begins, ends)
    for number, key in enumerate(ONE_VOICE):
        at = begins + (ends - begins) * (number + 1) / 5
        committee.assess(proposals[key], 0, 3.0, at)
        committee.determine(proposals[key], Outcome.SHORTLISTED, at + timedelta(hours=3), voices=1)
