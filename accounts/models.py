"""People, the institutions they belong to, what they agreed to, and the audit trail."""

import hashlib
import secrets
import zoneinfo

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.faces import face_of
from core.dates import GREGORIAN, JALALI
from core.models import Bilingual
from core.privacy import classify
from core.text import clean_name

ERASED = "erased.invalid"


def known_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("This time zone is not known."))


def new_token() -> str:
    """An unguessable token for links and keys (256 bits)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token; high-entropy tokens need no salt or stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    PERSIAN = "fa", "فارسی"


class Calendar(models.TextChoices):
    GREGORIAN = GREGORIAN, _("Gregorian")
    JALALI = JALALI, _("Jalali (Iranian)")


class Theme(models.TextChoices):
    SYSTEM = "system", _("Like my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class DataUse(models.TextChoices):
    """How much a person's pages load."""

    DEVICE = "device", _("As my browser asks")
    FULL = "full", _("Everything at once")
    LOW = "low", _("As little as possible")


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def administered_by(self, user):
        return self.filter(belongings__person=user, belongings__role=Belonging.Role.ADMINISTRATOR)

    def visible_to(self, user):
        """The institutions `user` belongs to."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(belongings__person=user).distinct()


class Institution(models.Model):
    """A university or faculty that runs programmes. Nothing crosses from one institution to another."""

    privacy = classify(public="id slug name_en name_fa", internal="language calendar time_zone created_at")

    slug = models.SlugField(_("slug"), unique=True)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_fa = models.CharField(_("name in Persian"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    calendar = models.CharField(_("calendar"), max_length=9, choices=Calendar, default=Calendar.GREGORIAN)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_zone])
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    name = Bilingual()
    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def without_password(self):
        """Those whom a list or an invitation brought in and who have not chosen a password yet."""
        return self.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def with_password(self):
        return self.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def for_demonstration(self):
        """The persons of the demonstration whom anybody may play, one click per role."""
        return self.filter(email__endswith="@demo.peyvand.example", is_active=True).exclude(role="")

    def visible_to(self, user):
        """Oneself, and for an institution's administrator or key everybody who belongs to it. Partners are reached through their
        relationship, applicants through their enrolment."""
        if isinstance(user, ApiKey):
            return self.filter(belongings__institution=user.institution_id)
        if not user.is_authenticated:
            return self.none()
        administered = Institution.objects.administered_by(user)
        return self.filter(Q(pk=user.pk) | Q(belongings__institution__in=administered)).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Which roles they hold is said by what they belong to, coordinate or are enrolled in."""

    privacy = classify(
        internal="id is_active is_staff is_superuser joined_at last_login role kept_apart",
        personal="email name language calendar time_zone theme data_use shortcuts about",
        secret="password",
        subject="pk",
    )

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    about = models.CharField(_("about me"), max_length=600, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    calendar = models.CharField(_("calendar"), max_length=9, choices=Calendar, default=Calendar.GREGORIAN)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_zone])
    theme = models.CharField(_("appearance"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    data_use = models.CharField(
        _("data use"), max_length=6, choices=DataUse, default=DataUse.DEVICE, db_default=DataUse.DEVICE
    )
    shortcuts = models.BooleanField(_("keys to move around with"), default=True, db_default=True)
    role = models.CharField(
        _("last role"), max_length=20, blank=True, help_text=_("The role this person last worked in.")
    )
    # Noted where that begins and ends, so that nobody else's page has to ask.
    kept_apart = models.BooleanField(_("kept apart from somebody"), default=False, db_default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once_whatever_its_case")]

    def __str__(self) -> str:
        if self.email.endswith(f"@{ERASED}"):
            return gettext("Somebody who left")
        face = face_of(self.pk)
        return (face.name if face else self.name) or self.email

    @property
    def shown_about(self) -> str:
        """What they say of themselves, as this reader sees them."""
        face = face_of(self.pk)
        return face.about if face else self.about

    def get_full_name(self) -> str:
        return str(self)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def initials(self) -> str:
        """Two letters in Latin script, one in Persian (joined letters would read as a word)."""
        words = str(self).split()
        if words and words[0][0] > "\u0590":
            return words[-1][0]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class BelongingQuerySet(models.QuerySet["Belonging"]):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person=user) | Q(institution__in=Institution.objects.administered_by(user)))

    def of(self, institution, name=""):
        """Who belongs to one institution, administrators first; with `name` those whose name or address has it."""
        rows = self.filter(institution=institution).select_related("person")
        for word in clean_name(name).split():
            rows = rows.filter(Q(person__name__icontains=word) | Q(person__email__icontains=word))
        return rows.order_by("role", "person__name", "pk")


class Belonging(models.Model):
    """A person belongs to an institution, plainly or as its administrator."""

    privacy = classify(internal="id institution role created_at", personal="person external_id", subject="person")

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        ADMINISTRATOR = "administrator", _("Administrator")

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="belongings", verbose_name=_("institution")
    )
    person = models.ForeignKey(User, models.CASCADE, related_name="belongings", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=13, choices=Role, default=Role.MEMBER)
    external_id = models.CharField(_("id in the institution"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = BelongingQuerySet.as_manager()

    class Meta:
        verbose_name = _("belonging")
        verbose_name_plural = _("belongings")
        constraints = [
            models.UniqueConstraint(fields=["institution", "person"], name="belonging_once_per_person"),
            models.UniqueConstraint(
                fields=["institution", "external_id"], condition=~Q(external_id=""), name="belonging_external_id_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.institution}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()

    def in_force(self, kind):
        """Given to the present version of the text and not taken back."""
        return self.filter(kind=kind, version=Consent.CURRENT[kind], withdrawn_at=None)


class Consent(models.Model):
    """A person agreed to one version of one text; taking it back is a second date, never a deletion."""

    privacy = classify(internal="id kind version", personal="person given_at withdrawn_at", subject="person")

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use and privacy")
        RESEARCH = "research", _("Use of my answers for research, without my name")

    CURRENT = {"terms": "2026-11", "research": "2026-11"}

    person = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    version = models.CharField(_("version"), max_length=20)
    given_at = models.DateTimeField(_("given at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "version"], condition=Q(withdrawn_at=None), name="consent_in_force_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(invited_by=user) | Q(institution__in=Institution.objects.administered_by(user))).distinct()

    def usable(self, now):
        return self.filter(accepted_at=None, expires_at__gt=now)

    def by_token(self, token):
        """The invitation behind a link; who holds the link may see it."""
        return self.filter(token_hash=token_hash(token))


class Invitation(models.Model):
    """A link that lets one person in. Only its hash is kept; what it opens beyond the institution is the business of the
    apps that listen to `invitation_accepted`."""

    privacy = classify(
        internal="id institution role created_at expires_at invited_by accepted_at",
        personal="email person",
        secret="token_hash",
        subject="person",
    )

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="invitations", verbose_name=_("institution")
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=13, choices=Belonging.Role, default=Belonging.Role.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by"))
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="invitations", verbose_name=_("person"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email

    @property
    def has_account(self) -> bool:
        """Whether the invited person can sign in already."""
        return User.objects.with_password().filter(email=self.email).exists()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(institution__in=Institution.objects.administered_by(user))

    def usable(self, now):
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


class ApiKey(models.Model):
    """A key of one institution with some scopes. Shown once; only its hash is kept."""

    privacy = classify(
        internal="id institution name prefix scopes created_by created_at expires_at last_used_at revoked_at",
        secret="key_hash",
    )

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="api_keys", verbose_name=_("institution"))
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "name"],
                condition=Q(revoked_at=None),
                name="api_key_name_once_while_in_use",
                violation_error_message=_("A key in use already has this name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditHead(models.Model):
    """The last link of the audit chain; its row is the lock that puts events in one order."""

    privacy = classify(internal="id seq hash")

    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="audit_head_is_one_row")]

    def __str__(self) -> str:
        return str(self.seq)


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user):
        """What concerns oneself, and for an administrator what happened in the institution."""
        if not user.is_authenticated:
            return self.none()
        administered = Institution.objects.administered_by(user).values("pk")
        mine = Q(actor_id=user.pk) | Q(target_type="accounts.user", target_id=str(user.pk))
        return self.filter(mine | Q(institution_id__in=administered))

    def about(self, person):
        """What this person did, and what was done to their account."""
        return self.filter(Q(actor_id=person.pk) | Q(target_type="accounts.user", target_id=str(person.pk)))


class AuditEvent(models.Model):
    """Who did what to which object and when; never content. Each row carries the hash of the one before it.

    Plain numbers instead of foreign keys: an event outlives what it speaks of.
    """

    privacy = classify(
        internal="id seq at action target_type target_id outcome reason request_id institution_id previous hash",
        personal="actor_id",
        subject="actor_id",
    )

    seq = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("moment"))
    action = models.CharField(_("action"), max_length=60)
    actor_id = models.BigIntegerField(_("number of the person acting"), null=True, db_index=True)
    institution_id = models.BigIntegerField(_("number of the institution"), null=True)
    target_type = models.CharField(_("kind of target"), max_length=60, blank=True)
    target_id = models.CharField(_("number of the target"), max_length=60, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, default="ok")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    request_id = models.CharField(_("request id"), max_length=36, blank=True)
    previous = models.CharField(_("hash of the event before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["target_type", "target_id"]),
            models.Index(fields=["institution_id", "-seq"]),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"
