"""Pages of what a cycle has to share, and of the versions of the formula."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from allocation import actions
from allocation.forms.sharing import FLOOR_BELOW_HALF, FormulaForm, PoolForm, typed_from
from allocation.formula import FormulaError
from allocation.models import FormulaVersion, Parameter
from allocation.permissions import can_declare_pool, can_publish_formula
from allocation.queries import cycles_with_pools, latest_formula, pools_of
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.permissions import anyone

POOL_REFUSALS = {
    actions.DataIsNotDivided: (
        "kind",
        _lazy("Data is counted, not divided. Choose another resource."),
    ),
    actions.NothingToShare: ("amount", _lazy("A pool holds more than nothing.")),
    actions.WrongCurrency: (
        "currency",
        _lazy("Choose a currency for money, and none for hours or credits."),
    ),
    actions.PoolDeclared: (
        "kind",
        _lazy("This cycle has such a pool already, and a pool does not change."),
    ),
}


@permit(anyone)
def pools(request: VisitorRequest) -> HttpResponse:
    """The pools of a cycle with their splits, of the newest one unless the address names another."""
    now, cycles = timezone.now(), list(cycles_with_pools())
    asked_for = request.GET.get("cycle")
    cycle = next((one for one in cycles if one.slug == asked_for), cycles[0] if cycles else None)
    shown = {
        "cycle": cycle,
        "cycles": cycles,
        "shared": pools_of(cycle) if cycle else [],
        "latest": latest_formula(),
        "can_declare": can_declare_pool(request.user, now=now),
        "can_publish": can_publish_formula(request.user, now=now),
    }
    return render(request, "allocation/pools.html", shown)


@permit(can_declare_pool, methods=WRITE)
def declare_pool(request: MemberRequest) -> HttpResponse:
    form = PoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("cycle", "kind", "currency")}
        try:
            actions.declare_pool(
                **told,
                amount_minor=form.cleaned_data["amount_minor"],
                declarer=request.user,
                now=timezone.now(),
            )
        except tuple(POOL_REFUSALS) as refusal:
            form.add_error(*POOL_REFUSALS[type(refusal)])
        else:
            messages.success(request, _("The pool is declared."))
            return redirect("allocation:pools")
    return render(request, "allocation/declare_pool.html", {"form": form})


@permit(anyone)
def formulas(request: VisitorRequest) -> HttpResponse:
    shown = {
        "versions": FormulaVersion.objects.select_related("published_by").order_by("-number"),
        "can_publish": can_publish_formula(request.user, now=timezone.now()),
    }
    return render(request, "allocation/formulas.html", shown)


@permit(anyone)
def formula(request: VisitorRequest, number: int) -> HttpResponse:
    version = get_object_or_404(
        FormulaVersion.objects.select_related("published_by"), number=number
    )
    told = [
        (parameter, version.parameters[parameter])
        for parameter in Parameter
        if parameter in version.parameters
    ]
    shown = {
        "version": version,
        "parameters": told,
        "can_publish": can_publish_formula(request.user, now=timezone.now()),
    }
    return render(request, "allocation/formula.html", shown)


@permit(can_publish_formula, methods=WRITE)
def publish_formula(request: MemberRequest) -> HttpResponse:
    latest = latest_formula()
    form = FormulaForm(request.POST or None, initial=typed_from(latest))
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.publish_formula(
                parameters=form.parameters(),
                south_floor=form.cleaned_data["south_floor"],
                publisher=request.user,
                now=timezone.now(),
            )
        except actions.FloorBelowHalf:
            form.add_error("south_floor", FLOOR_BELOW_HALF)
        except FormulaError as refusal:
            named = refusal.facts.get("field")
            field = named if named in form.fields else None
            form.add_error(str(field) if field else None, _("The formula does not take this."))
        else:
            messages.success(request, _("The version is published. It changes no split by itself."))
            return redirect("allocation:formula", version.number)
    return render(request, "allocation/publish_formula.html", {"form": form, "latest": latest})
