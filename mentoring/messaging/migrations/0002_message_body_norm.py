from django.db import migrations, models

from mentoring.messaging.words import searchable

BATCH = 1000


def fill(apps, schema_editor):
    """What was said so far can be found, too."""
    messages = apps.get_model("messaging", "Message").objects
    last = 0
    while rows := list(messages.filter(pk__gt=last).exclude(body="").order_by("pk").only("body")[:BATCH]):
        for row in rows:
            row.body_norm = searchable(row.body)
        messages.bulk_update(rows, ["body_norm"])
        last = rows[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='body_norm',
            field=models.TextField(blank=True, db_default=''),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
