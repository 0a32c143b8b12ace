"""Ballots. No table here has a path to a member: a ballot is found by its pseudonym alone."""

import uuid

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard
from audit.models import append_only
from voting.canonical import PLAIN
from voting.models.elections import Election


def while_voting() -> Guard:
    """The trigger of what a cast writes: refused once the election is closed.

    Casting and closing meet in an advisory lock (``voting.actions``), so the status needs no row lock
    here: a shared one on the election for every ballot would be a queue of all voters.
    """
    return Guard(
        name="while_voting",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("found", "text")],
        func="""
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'voting: % is never deleted', TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'UPDATE' AND NEW.election_id <> OLD.election_id THEN
                RAISE EXCEPTION 'voting: % does not move to another election', TG_TABLE_NAME;
            END IF;
            SELECT status INTO found FROM voting_election WHERE id = NEW.election_id;
            IF found IS DISTINCT FROM 'FROZEN' THEN
                RAISE EXCEPTION 'voting: % only while the election is FROZEN, not %', TG_TABLE_NAME, found;
            END IF;
            RETURN NEW;
        """,
    )


class Ballot(models.Model):
    """The ballot in force of one pseudonym. Carries no member, moment, language, place or device."""

    pk = models.CompositePrimaryKey("election_id", "pseudonym")
    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("election")
    )
    pseudonym = models.BinaryField(_("pseudonym"), max_length=32)
    version = models.PositiveIntegerField(_("version"), default=1)
    scheme = models.CharField(_("scheme"), max_length=20, default=PLAIN)
    payload = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        triggers = [while_voting()]

    def __str__(self) -> str:
        return f"{self.election_id}"


class BallotDraft(models.Model):
    """Choices that are not cast: never counted, kept under the pseudonym like a ballot."""

    pk = models.CompositePrimaryKey("election_id", "pseudonym")
    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="drafts", verbose_name=_("election")
    )
    pseudonym = models.BinaryField(_("pseudonym"), max_length=32)
    scheme = models.CharField(_("scheme"), max_length=20, default=PLAIN)
    payload = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("ballot that is not cast")
        verbose_name_plural = _("ballots that are not cast")

    def __str__(self) -> str:
        return f"{self.election_id}"


class BallotEvent(models.Model):
    """That a ballot was cast or replaced: its version, and a keyed fingerprint instead of its content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="ballot_events", verbose_name=_("election")
    )
    pseudonym = models.BinaryField(_("pseudonym"), max_length=32)
    version = models.PositiveIntegerField(_("version"))
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32)

    class Meta:
        verbose_name = _("event of a ballot")
        verbose_name_plural = _("events of ballots")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "pseudonym", "version"], name="voting_event_one_per_version"
            )
        ]
        triggers = [*append_only(), while_voting()]

    def __str__(self) -> str:
        return f"{self.election_id}"


class CastKey(models.Model):
    """The key of one press of the button: pressing it twice casts once."""

    pk = models.CompositePrimaryKey("election_id", "pseudonym", "key")
    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="+", verbose_name=_("election")
    )
    pseudonym = models.BinaryField(_("pseudonym"), max_length=32)
    key = models.UUIDField(_("key"))
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32)
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("key of a cast")
        verbose_name_plural = _("keys of casts")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.election_id}"
