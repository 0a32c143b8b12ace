"""What is on the ballot, in every language, and who may vote."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard
from members.models import Member
from proposals.models import Proposal
from voting.models.elections import Election, ElectionLane, ElectionStatus, only_while


class Item(models.Model):
    """One line of the ballot: what it costs and where it stands. Its words are ``ItemText`` rows."""

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="items", verbose_name=_("election")
    )
    lane = models.ForeignKey(
        ElectionLane, on_delete=models.CASCADE, related_name="items", verbose_name=_("lane")
    )
    proposal = models.ForeignKey(
        Proposal,
        on_delete=models.PROTECT,
        null=True,
        related_name="items",
        verbose_name=_("proposal"),
    )
    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=60)
    cost_minor = models.BigIntegerField(_("cost"))

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "position"], name="voting_item_one_per_position"
            ),
            models.UniqueConstraint(fields=["election", "code"], name="voting_item_one_per_code"),
            models.UniqueConstraint(
                fields=["election", "proposal"], name="voting_item_one_per_proposal"
            ),
            models.CheckConstraint(
                name="voting_item_cost_not_negative", condition=Q(cost_minor__gte=0)
            ),
        ]
        triggers = [
            only_while(ElectionStatus.DRAFT, name="before_freeze"),
            Guard(
                name="same_election",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.election_id <> (SELECT election_id FROM voting_electionlane WHERE id = NEW.lane_id) THEN
                        RAISE EXCEPTION 'voting: an item belongs to the election of its lane';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.code}"


class ItemText(models.Model):
    """An item in one language, as the voters read it."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, verbose_name=_("election"))
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="texts", verbose_name=_("item")
    )
    language = models.CharField(_("language"), max_length=20)
    title = models.CharField(_("title"), max_length=500)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    is_source = models.BooleanField(_("the language it was written in"), default=False)

    class Meta:
        verbose_name = _("text of an item")
        verbose_name_plural = _("texts of items")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "language"], name="voting_text_one_per_language"
            )
        ]
        triggers = [
            only_while(ElectionStatus.DRAFT, name="before_freeze"),
            Guard(
                name="same_election",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.election_id <> (SELECT election_id FROM voting_item WHERE id = NEW.item_id) THEN
                        RAISE EXCEPTION 'voting: a text belongs to the election of its item';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.language}"


class RollReason(models.TextChoices):
    """Why someone is on the roll."""

    IMPORTED = "IMPORTED", _("On the roll of an election held elsewhere")
    HOME_HUB = "HOME_HUB", _("The home country belongs to the hub")
    MEMBER = "MEMBER", _("Every member may vote in this round")
    SEAT = "SEAT", _("A seat in the hub, for a practice round")
    INVENTED = "INVENTED", _("Invented, for a practice round")


NAMELESS = (RollReason.IMPORTED, RollReason.INVENTED)


class RollEntry(models.Model):
    """One person who may vote, and why. Imported and invented voters are no members."""

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="roll", verbose_name=_("election")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=RollReason.choices)

    class Meta:
        verbose_name = _("roll entry")
        verbose_name_plural = _("roll entries")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "member"], name="voting_roll_one_entry_per_member"
            ),
            models.CheckConstraint(
                name="voting_roll_reason_known", condition=Q(reason__in=RollReason.values)
            ),
            models.CheckConstraint(
                name="voting_roll_names_a_member_or_nobody",
                condition=Q(reason__in=NAMELESS, member__isnull=True)
                | (~Q(reason__in=NAMELESS) & Q(member__isnull=False)),
            ),
        ]
        triggers = [only_while(ElectionStatus.DRAFT, name="before_freeze")]

    def __str__(self) -> str:
        return f"{self.election_id} {self.pk}"
