"""A member's own pages: profile and languages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from members import actions
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.adapters import remember_language
from members.catalogues import catalogue_states
from members.forms import LanguagesForm, ProfileForm
from members.middleware import READS_COOKIE
from members.permissions import anyone, signed_in


@permit(signed_in, methods=WRITE)
def profile(request: MemberRequest) -> HttpResponse:
    known = {"name": request.user.name, "home_country": request.user.home_country}
    form = ProfileForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        actions.edit_profile(member=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("members:profile")
    return render(request, "members/profile.html", {"form": form})


@permit(anyone, methods=WRITE)
def languages(request: VisitorRequest) -> HttpResponse:
    known = {
        "interface_language": request.LANGUAGE_CODE,
        "writes": getattr(request.user, "writes", ""),
    }
    country = getattr(request.user, "home_country", "")
    form = LanguagesForm(
        request.POST or None, initial=known, reads=_reads_of(request), country=country
    )
    if request.method == "POST" and form.is_valid():
        return _remember(request, form)
    states = catalogue_states(settings.BASE_DIR / "locale").values()
    return render(request, "members/languages.html", {"form": form, "states": states})


def _reads_of(request: VisitorRequest) -> list[str]:
    if request.user.is_authenticated:
        return list(request.user.reads)
    return [code for code in request.COOKIES.get(READS_COOKIE, "").split(".") if code]


def _remember(request: VisitorRequest, form: LanguagesForm) -> HttpResponse:
    language = form.cleaned_data["interface_language"]
    if request.user.is_authenticated:
        actions.choose_languages(
            member=request.user,
            interface_language=language,
            reads=form.reads,
            writes=form.cleaned_data["writes"],
        )
    with override(language):
        messages.success(request, _("Your languages are saved."))
        response = redirect(reverse("members:languages"))
    remember_language(response, language)
    response.set_cookie(
        READS_COOKIE,
        ".".join(form.reads),
        max_age=365 * 86_400,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
