"""What was accepted at the close, and what came of counting it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import append_only
from voting.models.elections import Election, ElectionLane


class Manifest(models.Model):
    """What was accepted, written in the transaction that closed the election: the count's only input."""

    election = models.OneToOneField(
        Election, on_delete=models.PROTECT, primary_key=True, verbose_name=_("election")
    )
    body = models.JSONField(_("content"))
    hash = models.CharField(_("hash"), max_length=64)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")
        triggers = append_only()

    def __str__(self) -> str:
        return self.hash


class Tally(models.Model):
    """One count of one manifest by one rule: never changed; the same inputs give the same bytes."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="tallies", verbose_name=_("election")
    )
    lane = models.ForeignKey(
        ElectionLane, on_delete=models.PROTECT, related_name="tallies", verbose_name=_("lane")
    )
    rule = models.CharField(_("counting rule"), max_length=30)
    parameters = models.JSONField(_("parameters of the rule"))
    decides = models.BooleanField(_("decides the election"))
    input_hash = models.CharField(_("hash of the input"), max_length=64)
    settings_hash = models.CharField(_("hash of rule and parameters"), max_length=64)
    code_version = models.CharField(_("version of the counting code"), max_length=64)
    outcome = models.JSONField(_("outcome"))
    outcome_hash = models.CharField(_("hash of the outcome"), max_length=64)
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "input_hash", "settings_hash", "code_version"],
                name="voting_tally_one_per_input",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.election_id} {self.rule}"
