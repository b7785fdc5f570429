import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('planning', '0001_initial'),
        ('relationships', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Wave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(choices=[('full', 'Full questionnaire (63 questions)'), ('short', 'Short questionnaire (21 questions)'), ('pulse', 'Pulse (5 questions)')], max_length=5, verbose_name='form')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('opens_at', models.DateTimeField(verbose_name='opens at')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='closes at')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waves', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'wave',
                'verbose_name_plural': 'waves',
                'constraints': [models.UniqueConstraint(fields=('programme', 'number'), name='wave_number_once'), models.CheckConstraint(condition=models.Q(('closes_at', None), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='wave_closes_after_it_opens', violation_error_message='A wave closes after it opens.')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='planning.enrolment')),
                ('relationship', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='relationships.relationship')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='evaluation.wave')),
            ],
            options={
                'verbose_name': 'filled-in questionnaire',
                'verbose_name_plural': 'filled-in questionnaires',
                'constraints': [models.UniqueConstraint(fields=('wave', 'enrolment', 'relationship'), name='response_once_per_relationship'), models.UniqueConstraint(condition=models.Q(('relationship', None)), fields=('wave', 'enrolment'), name='response_once_about_the_programme')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('watch', 'Watch'), ('review', 'Needs a look')], max_length=6, verbose_name='level')),
                ('points', models.PositiveSmallIntegerField(verbose_name='points')),
                ('reasons', models.JSONField(default=list)),
                ('unknown', models.JSONField(default=list)),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('snoozed_until', models.DateTimeField(blank=True, null=True, verbose_name='put off until')),
                ('acted_at', models.DateTimeField(blank=True, null=True, verbose_name='acted on at')),
                ('action', models.CharField(blank=True, max_length=60, verbose_name='action')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('outcome', models.CharField(blank=True, max_length=40, verbose_name='outcome')),
                ('acted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acted on by')),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='relationships.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'alert',
                'verbose_name_plural': 'alerts',
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('relationship',), name='alert_open_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=60)),
                ('value', models.SmallIntegerField()),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='evaluation.response')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'constraints': [models.UniqueConstraint(fields=('response', 'item'), name='answer_once_per_item'), models.CheckConstraint(condition=models.Q(models.Q(('value__gte', 1), ('value__lte', 5)), models.Q(('value__gte', -4), ('value__lte', -1)), _connector='OR'), name='answer_value_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('P', 'Person'), ('R', 'Relationship'), ('G', 'Programme'), ('I', 'Institution')], max_length=1, verbose_name='level')),
                ('component', models.CharField(max_length=60, verbose_name='component')),
                ('code', models.CharField(help_text='Indicator, or the facet for component, category and stage rows', max_length=20, verbose_name='code')),
                ('facet', models.CharField(choices=[('behaviour', 'What happens'), ('perception', 'What people say'), ('both', 'Together')], max_length=10, verbose_name='facet')),
                ('state', models.CharField(choices=[('scored', 'Measured'), ('too_early', 'Too early to say'), ('not_measured', 'Not measured'), ('not_applicable', 'Does not apply'), ('suppressed', 'Hidden: fewer than five people')], max_length=14, verbose_name='state')),
                ('value', models.FloatField(null=True, verbose_name='value')),
                ('n', models.PositiveIntegerField(default=0, verbose_name='units counted')),
                ('inputs', models.JSONField(default=dict, verbose_name='inputs')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('as_of_on', models.DateField(verbose_name='as of')),
                ('computed_at', models.DateTimeField(verbose_name='computed at')),
                ('enrolment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='planning.enrolment', verbose_name='enrolment')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='planning.programme', verbose_name='programme')),
                ('relationship', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='relationships.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'score',
                'verbose_name_plural': 'scores',
                'indexes': [models.Index(fields=['programme', 'level', 'as_of_on'], name='evaluation__program_56b4ec_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('enrolment', None), ('relationship', None)), fields=('programme', 'component', 'code', 'as_of_on'), name='score_once_per_programme_and_day'), models.UniqueConstraint(condition=models.Q(('relationship__isnull', False)), fields=('relationship', 'component', 'code', 'as_of_on'), name='score_once_per_relationship_and_day'), models.UniqueConstraint(condition=models.Q(('enrolment__isnull', False)), fields=('enrolment', 'component', 'code', 'as_of_on'), name='score_once_per_person_and_day'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'scored'), ('value__gte', 0), ('value__lte', 100)), models.Q(models.Q(('state', 'scored'), _negated=True), ('value', None)), _connector='OR'), name='score_has_a_value_only_when_measured')],
            },
        ),
    ]
