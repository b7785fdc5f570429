from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

COOLING = timedelta(days=14)


def fill(apps, schema_editor):
    """What was acted on rests for fourteen days; since when an alert needs a look is known from when it was raised."""
    alerts = apps.get_model("evaluation", "Alert").objects.all()
    alerts.filter(level="review").update(needs_look_since=F("raised_at"))
    acted = alerts.filter(closed_at=None, acted_at__isnull=False)
    acted.filter(Q(rests_until=None) | Q(rests_until__lt=F("acted_at") + COOLING)).update(
        rests_until=F("acted_at") + COOLING
    )
    resting = list(alerts.filter(closed_at=None, rests_until__isnull=False).only("reasons"))
    for alert in resting:
        alert.settled = [reason["code"] for reason in alert.reasons]
    alerts.model.objects.bulk_update(resting, ["settled"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0014_an_alert_can_wait_for_a_reason")]

    operations = [
        migrations.RemoveConstraint("alert", "alert_that_can_wait_has_an_end"),
        migrations.RenameField("alert", "snoozed_until", "rests_until"),
        migrations.AlterField(
            "alert",
            "rests_until",
            models.DateTimeField(blank=True, null=True, verbose_name="rests until"),
        ),
        migrations.AddField(
            "alert", "settled", models.JSONField(blank=True, default=list, verbose_name="reasons seen to")
        ),
        migrations.AddField(
            "alert",
            "needs_look_since",
            models.DateTimeField(blank=True, null=True, verbose_name="needs a look since"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "alert",
            models.CheckConstraint(
                condition=Q(snoozed_for="") | Q(rests_until__isnull=False), name="alert_that_can_wait_has_an_end"
            ),
        ),
        migrations.AddConstraint(
            "alert",
            models.CheckConstraint(
                condition=~Q(level="review") | Q(needs_look_since__isnull=False), name="alert_needs_a_look_since_when"
            ),
        ),
    ]
