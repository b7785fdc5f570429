from django.db import migrations


def begin_those_that_last(apps, schema_editor):
    """Where somebody is suspended now without whom it does not go on: a mentor, or one of two."""
    members = apps.get_model("relationships", "RelationshipMember").objects
    there = members.filter(left_at=None, relationship__status__in=["awaiting", "active", "concluding"])
    since = {}
    for row in there.filter(enrolment__status="suspended").select_related("enrolment").order_by("enrolment__status_at"):
        if row.role == "mentor" or there.filter(relationship=row.relationship_id).count() == 2:
            since.setdefault(row.relationship_id, row.enrolment.status_at)
    pause = apps.get_model("relationships", "Pause")
    pause.objects.bulk_create([pause(relationship_id=pk, began_at=at) for pk, at in since.items()], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("relationships", "0003_pauses"),
    ]

    operations = [
        migrations.RunPython(begin_those_that_last, migrations.RunPython.noop),
    ]
