from django.db import migrations, models


def those_that_are_coming_to_their_end(apps, schema_editor):
    rows = apps.get_model('relationships', 'Relationship').objects.filter(status='concluding')
    rows.update(closing_since=models.F('status_at'))


class Migration(migrations.Migration):

    dependencies = [
        ('relationships', '0005_faces_of_those_kept_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='relationship',
            name='closing_since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='coming to its end since'),
        ),
        migrations.RunPython(those_that_are_coming_to_their_end, migrations.RunPython.noop),
    ]
