"""How a person is reached: what stands in their inbox, what was mailed, what they want."""

from datetime import time
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import Case, F, IntegerField, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from notifications import kinds, texts


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user):
        return self.filter(recipient=user) if user.is_authenticated else self.none()

    def unread(self):
        return self.filter(read_at=None)

    def for_inbox(self):
        """What was not read first, then the latest."""
        return self.order_by(
            Case(When(read_at=None, then=0), default=1, output_field=IntegerField()), "-created_at", "-pk"
        )


class Notification(models.Model):
    """One piece of news for one person. Its text is made from `kind` and `params` in the reader's language."""

    privacy = classify(
        internal="id kind key url created_at read_at", personal="recipient params by_mail", subject="recipient"
    )

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", verbose_name=_("recipient")
    )
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=200, unique=True)
    params = models.JSONField(_("parameters"), default=dict)
    url = models.CharField(_("page"), max_length=300, blank=True)
    by_mail = models.BooleanField(_("by mail"), null=True, blank=True)  # None: as is preferred for the kind
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")
        indexes = [models.Index(fields=["recipient", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("notification", args=[self.pk])

    @property
    def _kind(self) -> kinds.Kind:
        return kinds.find(self.kind) or texts.unknown(self.kind)

    @property
    def title(self) -> str:
        return texts.filled(self._kind.title, self.params)

    @property
    def body(self) -> str:
        return texts.body_of(self._kind, self.params)


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user):
        return self.filter(recipient=user) if user.is_authenticated else self.none()


class Mail(models.Model):
    """A mail as it was sent, once per key."""

    privacy = classify(
        internal="id key kind created_at sent_at error returned returned_at return_code",
        personal="recipient to subject body_text body_html",
        subject="recipient",
    )

    class Returned(models.TextChoices):
        HARD = "hard", _("There is no such mailbox")
        SOFT = "soft", _("It was not taken")
        COMPLAINT = "complaint", _("Its reader complained")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="mails", verbose_name=_("recipient")
    )
    to = models.EmailField(_("to the address"))
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=200, unique=True)
    subject = models.CharField(_("subject"), max_length=250)
    body_text = models.TextField(_("body as plain text"))
    body_html = models.TextField(_("body as HTML"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    returned = models.CharField(_("came back"), max_length=9, choices=Returned, blank=True, db_default="")
    returned_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    return_code = models.CharField(_("code of the return"), max_length=12, blank=True, db_default="")

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [models.Index(fields=["recipient", "-created_at"])]

    def __str__(self) -> str:
        return self.subject


class MailPauseQuerySet(models.QuerySet["MailPause"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()

    def standing(self):
        """Those that hold: whoever has another address by now is written to there."""
        return self.filter(lifted_at=None, address=F("person__email"))


class MailPause(models.Model):
    """Nothing is mailed to an address where mails do not arrive, until its owner says that it works, or has another one."""

    privacy = classify(internal="id since lifted_at", personal="person address why", subject="person")

    class Why(models.TextChoices):
        RETURNED = "returned", _("Mails came back")
        COMPLAINED = "complained", _("A mail was marked as unwanted")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_pause", verbose_name=_("person")
    )
    address = models.EmailField(_("to the address"))
    why = models.CharField(_("why"), max_length=10, choices=Why)
    since = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects = MailPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of mails")
        verbose_name_plural = _("pauses of mails")

    def __str__(self) -> str:
        return self.address


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()


class Preference(models.Model):
    """Whether a person wants a kind of news in the inbox, by mail and on their devices; no row means yes to all."""

    privacy = classify(internal="id kind", personal="person in_app mail push", subject="person")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(_("in the inbox"), default=True)
    mail = models.BooleanField(_("by mail"), default=True)
    push = models.BooleanField(_("on my devices"), default=True, db_default=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()


class Rhythm(models.Model):
    """When a person may be reached outside the inbox, what others see of them (that they are here, and how far they have
    read), and how they write; no row means at any time, at once, and yes."""

    privacy = classify(
        internal="id",
        personal="person night night_from night_to free_days daily daily_at seen tells_read enter_sends",
        subject="person",
    )

    class FreeDays(models.TextChoices):
        NONE = "none", _("None: I may be reached on every day")
        THURSDAY_FRIDAY = "thu_fri", _("Thursday and Friday")
        FRIDAY = "fri", _("Friday")
        SATURDAY_SUNDAY = "sat_sun", _("Saturday and Sunday")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="rhythm", verbose_name=_("person")
    )
    night = models.BooleanField(_("quiet at night"), default=False)
    night_from = models.TimeField(_("from"), default=time(22))
    night_to = models.TimeField(_("until"), default=time(7))
    free_days = models.CharField(_("free days"), max_length=7, choices=FreeDays, default=FreeDays.NONE)
    daily = models.BooleanField(_("one mail a day"), default=False)
    daily_at = models.TimeField(_("hour of the daily mail"), default=time(8))
    seen = models.BooleanField(_("show the people I talk with that I am here"), default=True, db_default=True)
    tells_read = models.BooleanField(_("show the people I talk with what I have read"), default=True, db_default=True)
    enter_sends = models.BooleanField(_("the Enter key sends a message"), default=True, db_default=True)

    objects = RhythmQuerySet.as_manager()

    class Meta:
        verbose_name = _("rhythm")
        verbose_name_plural = _("rhythms")

    def __str__(self) -> str:
        return str(self.person_id)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()


class Absence(models.Model):
    """Days on which a person is away, whole ones, in their own zone: nobody is late with an answer then. The people they mentor
    with, and their coordinators, see until when, and nothing else. What is past stays: what was measured then counts it."""

    privacy = classify(internal="id", personal="person from_on until_on", subject="person")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("person"), db_index=False
    )
    from_on = models.DateField(_("away from"))
    until_on = models.DateField(_("until"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.UniqueConstraint(fields=["person", "from_on"], name="absence_once"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="absence_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} {self.until_on}"


class PushKey(models.Model):
    """By which push services know this installation; one row, made when it is first needed."""

    privacy = classify(internal="id made_at", secret="private")

    private = models.CharField(max_length=60)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()


class Device(models.Model):
    """A browser that shows a person's news even while no page is open. Its keys only close letters to it. `session` is a sum
    of the key of the session it was added in: the two are ended together."""

    privacy = classify(
        internal="id created_at used_at",
        personal="person name",
        secret="endpoint p256dh auth session",
        subject="person",
    )

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    endpoint = models.CharField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    session = models.CharField(max_length=64, blank=True, db_default="", db_index=True)
    created_at = models.DateTimeField(_("created at"))
    used_at = models.DateTimeField(_("last used at"), null=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        """By which the browser that it is knows itself in a list."""
        return sha256(self.endpoint.encode()).hexdigest()
