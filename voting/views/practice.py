"""A practice round, begun by a hub's facilitator."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hubs.models import Hub
from jobs.tasks import hint
from members.access import WRITE, MemberRequest, permit
from voting import actions
from voting.forms import PracticeForm
from voting.permissions import can_open_practice

REFUSALS = {
    actions.PracticeUnderWay: _lazy(
        "A practice round of this hub is still running. Wait until its vote is over, then start another."
    ),
    actions.TooManyPractices: _lazy(
        "This hub has begun twelve practice rounds within a day, the most there can be. Start another tomorrow."
    ),
    actions.NoCycle: _lazy("There is no cycle yet. Ask the secretary of the centre to add one."),
    actions.NoFramework: _lazy(
        "No principles are in force yet. A round needs them; ask the stewards of the principles."
    ),
}


@permit(can_open_practice, methods=WRITE, hub=Hub.objects.all())
def open_practice(request: MemberRequest, hub: Hub) -> HttpResponse:
    form = PracticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            election, job = actions.open_practice(
                hub=hub,
                facilitator=request.user,
                minutes=form.cleaned_data["minutes"],
                voters=form.cleaned_data["voters"],
                keys=settings.KEYS_DIR,
                now=timezone.now(),
            )
        except tuple(REFUSALS) as refusal:
            form.add_error(None, REFUSALS[type(refusal)])
        else:
            hint(job)
            messages.success(request, _("The practice round is open: cast your vote in it."))
            return redirect("voting:election", election.pk)
    return render(request, "voting/open_practice.html", {"form": form, "hub": hub})
