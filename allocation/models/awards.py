"""What becomes of an envelope: the rounds it funds, and the awards made in them."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from allocation.models.apportionments import Envelope
from audit.guards import Guard
from audit.models import append_only
from hubs.models import Lane, ResourceKind, Round
from members.models import Member
from proposals.models import Proposal
from voting.models import Election, Tally


class RoundFunding(models.Model):
    """A part of an envelope that a round shares out through its lanes."""

    envelope = models.ForeignKey(
        Envelope, on_delete=models.PROTECT, related_name="fundings", verbose_name=_("envelope")
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="fundings", verbose_name=_("round")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    funded_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("funded by")
    )
    funded_at = models.DateTimeField(_("funded"))

    class Meta:
        verbose_name = _("funding of a round")
        verbose_name_plural = _("fundings of rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["envelope", "round"], name="allocation_funding_one_per_round"
            ),
            models.CheckConstraint(
                name="allocation_funding_gives_something", condition=Q(amount_minor__gt=0)
            ),
        ]
        triggers = [
            *append_only(),
            Guard(
                name="for_its_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("given_to", "hubs_round%ROWTYPE"), ("pool", "allocation_pool%ROWTYPE")],
                func="""
                    SELECT * INTO given_to FROM hubs_round WHERE id = NEW.round_id FOR UPDATE;
                    SELECT p.* INTO pool FROM allocation_pool p
                    JOIN allocation_apportionment a ON a.pool_id = p.id
                    JOIN allocation_envelope e ON e.apportionment_id = a.id
                    WHERE e.id = NEW.envelope_id;
                    IF given_to.opened_at IS NOT NULL OR given_to.is_practice THEN
                        RAISE EXCEPTION 'allocation: a round is funded before it opens, and never for practice';
                    END IF;
                    IF pool.kind = 'MONEY' AND pool.currency <> given_to.currency THEN
                        RAISE EXCEPTION 'allocation: money funds rounds in its own currency';
                    END IF;
                    IF EXISTS (
                        SELECT FROM allocation_roundfunding f
                        JOIN allocation_envelope e ON e.id = f.envelope_id
                        JOIN allocation_apportionment a ON a.id = e.apportionment_id
                        JOIN allocation_pool p ON p.id = a.pool_id
                        WHERE f.round_id = NEW.round_id AND p.kind = pool.kind
                    ) THEN
                        RAISE EXCEPTION 'allocation: a round is funded once with a kind of resource';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="within_the_envelope",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("envelope", "allocation_envelope%ROWTYPE"), ("found", "text")],
                func="""
                    SELECT * INTO envelope FROM allocation_envelope WHERE id = NEW.envelope_id;
                    SELECT status INTO found FROM allocation_apportionment
                    WHERE id = envelope.apportionment_id FOR UPDATE;
                    IF found IS DISTINCT FROM 'APPROVED' THEN
                        RAISE EXCEPTION 'allocation: only an approved envelope funds a round';
                    END IF;
                    IF (SELECT hub_id FROM hubs_round WHERE id = NEW.round_id) <> envelope.hub_id THEN
                        RAISE EXCEPTION 'allocation: an envelope funds rounds of its own hub';
                    END IF;
                    IF NEW.amount_minor + coalesce(
                        (SELECT sum(amount_minor) FROM allocation_roundfunding WHERE envelope_id = NEW.envelope_id), 0
                    ) > envelope.amount_minor THEN
                        RAISE EXCEPTION 'allocation: the rounds would use more than the envelope holds';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.round_id}"


class AwardRun(models.Model):
    """The awards of an election were made, be they many or none: never again."""

    election = models.OneToOneField(
        Election, on_delete=models.PROTECT, related_name="award_run", verbose_name=_("election")
    )
    awarded_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("awarded by")
    )
    awarded_at = models.DateTimeField(_("awarded"))

    class Meta:
        verbose_name = _("making of awards")
        verbose_name_plural = _("makings of awards")
        triggers = [
            *append_only(),
            Guard(
                name="after_an_own_vote",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM voting_election e
                        JOIN hubs_round r ON r.id = e.round_id
                        WHERE e.id = NEW.election_id AND e.origin = 'OWN' AND e.status = 'CLOSED'
                        AND NOT r.is_practice)
                    THEN
                        RAISE EXCEPTION 'allocation: awards follow a closed vote of our own, never practice';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.election_id}"


class Award(models.Model):
    """What a proposal is given of one kind of resource, and the count it follows from."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="awards", verbose_name=_("proposal")
    )
    lane = models.ForeignKey(
        Lane, on_delete=models.PROTECT, related_name="awards", verbose_name=_("lane")
    )
    tally = models.ForeignKey(
        Tally, on_delete=models.PROTECT, null=True, related_name="awards", verbose_name=_("count")
    )
    kind = models.CharField(_("resource"), max_length=10, choices=ResourceKind.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    awarded_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("awarded by")
    )
    awarded_at = models.DateTimeField(_("awarded"))

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "kind"], name="allocation_award_one_per_kind"
            ),
            models.CheckConstraint(
                name="allocation_award_gives_something", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="allocation_award_kind_known", condition=Q(kind__in=ResourceKind.values)
            ),
        ]
        triggers = [
            *append_only(),
            Guard(
                name="within_the_lane",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("held", "bigint")],
                func="""
                    PERFORM FROM hubs_lane WHERE id = NEW.lane_id FOR UPDATE;
                    SELECT amount_minor INTO held FROM hubs_roundbudget
                    WHERE lane_id = NEW.lane_id AND kind = NEW.kind;
                    IF (SELECT lane_id FROM proposals_proposal WHERE id = NEW.proposal_id) <> NEW.lane_id THEN
                        RAISE EXCEPTION 'allocation: an award is made in the lane of its proposal';
                    END IF;
                    IF NEW.amount_minor + coalesce(
                        (SELECT sum(amount_minor) FROM allocation_award WHERE lane_id = NEW.lane_id AND kind = NEW.kind), 0
                    ) > coalesce(held, 0) THEN
                        RAISE EXCEPTION 'allocation: the awards would be more than the lane holds';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="follows_from_its_count",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.tally_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM voting_tally t
                        JOIN voting_election e ON e.id = t.election_id
                        JOIN voting_item i ON i.lane_id = t.lane_id
                        WHERE t.id = NEW.tally_id AND t.decides AND e.origin = 'OWN'
                        AND e.resource_kind = NEW.kind AND i.proposal_id = NEW.proposal_id
                        AND i.cost_minor = NEW.amount_minor
                        AND t.outcome -> 'winners' @> to_jsonb(i.code::text))
                    THEN
                        RAISE EXCEPTION 'allocation: an award is what the deciding count bought, at its cost';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="not_to_oneself",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT author_id FROM proposals_proposal WHERE id = NEW.proposal_id) = NEW.awarded_by_id THEN
                        RAISE EXCEPTION 'allocation: nobody makes an award to themselves';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.kind}"
