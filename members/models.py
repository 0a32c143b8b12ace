"""A person with an account, and the messages that are to reach them."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from audit.models import Actor


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Member":
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(
        self, email: str, password: str | None = None, **fields: object
    ) -> "Member":
        """An administrator of reference data; the flag passes no permission of the movement."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Member(AbstractBaseUser, PermissionsMixin):
    # A moment of signing in, beside the order in which ballots were cast, would tell whose they are.
    last_login = None
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    home_country = models.CharField(_("home country"), max_length=2, blank=True)
    interface_language = models.CharField(
        _("language of buttons and menus"), max_length=20, blank=True
    )
    reads = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("languages I read"),
        default=list,
        blank=True,
    )
    writes = models.CharField(_("language I write in"), max_length=20, blank=True)
    joined_at = models.DateTimeField(_("joined"), db_default=Now())
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("edits reference data"), default=False)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="members_member_one_per_address"),
            models.CheckConstraint(
                name="members_member_country_is_a_code",
                condition=Q(home_country="") | Q(home_country__regex=r"^[A-Z]{2}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_full_name(self) -> str:
        return str(self)

    def acting_as(self, role: str) -> Actor:
        return Actor(self.pk, role)


class MessageQuerySet(models.QuerySet["Message"]):
    def unsent(self) -> "MessageQuerySet":
        return self.filter(sent_at__isnull=True)


class Message(models.Model):
    """Something a person is to be told. Written in the transaction of the act, sent by a worker.

    ``template`` is a pair ``templates/<template>_subject.txt`` and ``_message.txt``; ``context``
    holds plain strings for it and is emptied once the message is sent.
    """

    address = models.EmailField(_("address"))
    recipient = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        null=True,
        related_name="messages",
        verbose_name=_("recipient"),
    )
    language = models.CharField(
        _("language, where there is no recipient"), max_length=20, blank=True
    )
    template = models.CharField(_("template"), max_length=120)
    context = models.JSONField(_("context"), default=dict)
    created_at = models.DateTimeField(_("created"))
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="members_message_unsent",
                condition=Q(sent_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.template}"
