from django.db import migrations, models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    """The first action that is known, unless that was before the alert needed a look: then the next one, of which the contact
    with the people was kept."""
    alerts = apps.get_model("evaluation", "Alert").objects.filter(needs_look_since__isnull=False)
    alerts.filter(acted_at__gte=F("needs_look_since")).update(looked_at=F("acted_at"))
    contacts = apps.get_model("relationships", "CoordinatorTouch").objects.filter(
        relationship=OuterRef("relationship"),
        reason__in=["note", "other"],
        at__gte=OuterRef("needs_look_since"),
        at__lte=Coalesce(OuterRef("closed_at"), F("at")),
    )
    alerts.filter(acted_at__lt=F("needs_look_since")).update(
        looked_at=Subquery(contacts.order_by("at").values("at")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0017_figures_told_once"), ("relationships", "0003_pauses")]

    operations = [
        migrations.AddField(
            "alert", "looked_at", models.DateTimeField(blank=True, null=True, verbose_name="looked at")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "alert",
            models.CheckConstraint(
                condition=Q(looked_at=None)
                | Q(needs_look_since__isnull=False, looked_at__gte=F("needs_look_since"), acted_at__isnull=False),
                name="alert_is_looked_at_once_it_needs_it",
            ),
        ),
    ]
