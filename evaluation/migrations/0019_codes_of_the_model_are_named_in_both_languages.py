"""Codes that came from the model say which they are, so that each reader finds them in their own language."""

from django.db import migrations, models

from paradigm.model import categories, stages


def fill(apps, _schema):
    """They are known by what they were called in the language of whoever began."""
    codes = apps.get_model("evaluation", "Code")
    for level, rows in (("core", stages()), ("axial", categories())):
        for row in rows:
            codes.objects.filter(level=level, name__in=(row.en, row.fa)).update(slug=row.slug)


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0018_an_alert_is_looked_at")]

    operations = [
        migrations.AddField("code", "slug", models.SlugField(blank=True, db_index=False, default="", max_length=40)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
