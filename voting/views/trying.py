"""The page on which members try rules out: it counts while they wait, and stores nothing."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access import MemberRequest, permit
from members.models import Member
from voting import rules
from voting.forms import RuleForm, TryForm
from voting.models import ElectionLane
from voting.permissions import can_try_rules
from voting.queries import (
    LARGEST_TRIED,
    MOST_PROJECTS,
    Comparison,
    Trial,
    compare,
    lanes_to_try,
    trial_of_lane,
    trial_of_scenario,
)
from voting.scenarios import NAMES

LISTED = 50  # of the past votes, the last; the page of an older one leads here all the same
MOST_SECONDS = 5.0
TOO_LONG = _("This takes too long for a page. Choose a smaller vote, or other options.")
ONE_AT_A_TIME = _("You are trying something else at this moment. Wait for its answer, then try this again.")  # fmt: skip
SIDES = (
    ("first", _("First rule"), "equal-shares"),
    ("second", _("Second rule"), "greedy"),
)


class TooLong(Exception):
    """A count took longer than a page may."""


class OneAtATime(Exception):
    """A member tries two things at once."""


@permit(can_try_rules)
def try_rules(request: MemberRequest) -> HttpResponse:
    """Two rules on the same ballots, side by side; counted once something was asked for."""
    told = _told(request)
    form = TryForm(told, lanes=_lanes(told["electorate"], timezone.now()))
    sides = [RuleForm(told, prefix=prefix, label=label) for prefix, label, _rule in SIDES]
    is_right = all([form.is_valid(), *(side.is_valid() for side in sides)])
    shown = {
        "form": form,
        "sides": sides,
        "largest": LARGEST_TRIED,
        "most_projects": MOST_PROJECTS,
        "is_wrong": not is_right,
    }
    if is_right and "electorate" in request.GET:
        try:
            with _one_at_a_time(request.user):
                trial = _trial(request, form)
                shown |= {"trial": trial, "comparison": _compared(trial, sides)}
        except (TooLong, rules.InvalidInstance):
            shown["refusal"] = TOO_LONG
        except OneAtATime:
            shown["refusal"] = ONE_AT_A_TIME
    return render(request, "voting/try_rules.html", shown)


def _told(request: MemberRequest) -> dict[str, str]:
    """What the address says; where it says nothing, what is recommended."""
    told = {"electorate": NAMES[0], "seed": "1"}
    for prefix, _label, rule in SIDES:
        told |= RuleForm.as_recommended(rule, prefix)
    return told | request.GET.dict()


def _lanes(asked: str, now: datetime) -> list[ElectionLane]:
    """The last ones, and the one that is asked for where it is older."""
    lanes = list(lanes_to_try(now)[:LISTED])
    match = re.fullmatch(r"lane-([0-9]{1,15})", asked)
    if match and int(match[1]) not in {lane.pk for lane in lanes}:
        lanes += lanes_to_try(now).filter(pk=int(match[1]))
    return lanes


def _trial(request: MemberRequest, form: TryForm) -> Trial:
    if form.lane is not None:
        return trial_of_lane(form.lane, request.reading_chain)
    return trial_of_scenario(form.cleaned_data["electorate"], form.cleaned_data["seed"])


def _compared(trial: Trial, sides: list[RuleForm]) -> Comparison:
    chosen = [(side.cleaned_data["rule"], side.parameters) for side in sides]
    return compare(trial, chosen, _no_longer_than(MOST_SECONDS))


def _no_longer_than(seconds: float) -> rules.Progress:
    end = time.monotonic() + seconds

    def progress(done: int, total: int) -> None:
        if time.monotonic() > end:
            raise TooLong

    return progress


@contextmanager
def _one_at_a_time(member: Member) -> Iterator[None]:
    """Nobody keeps more than one worker of the site busy; without a cache, nobody is held back."""
    key = f"try_rules:{member.pk}"
    if not cache.add(key, 1, timeout=int(4 * MOST_SECONDS)):
        raise OneAtATime
    try:
        yield
    finally:
        cache.delete(key)
