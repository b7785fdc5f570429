from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0019_codes_of_the_model_are_named_in_both_languages")]

    operations = [
        migrations.AddField("coding", "shown_at", models.DateTimeField(null=True)),
        migrations.AddField("coding", "numbers", models.JSONField(null=True)),
        migrations.AddConstraint(
            "coding",
            models.CheckConstraint(
                condition=Q(shown_at=None, numbers__isnull=True)
                | Q(
                    shown_at__isnull=False,
                    numbers__isnull=False,
                    first_done_at__isnull=False,
                    second_done_at__isnull=False,
                ),
                name="coding_shows_numbers_when_both_have_finished",
            ),
        ),
    ]
