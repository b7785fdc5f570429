import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coordination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coordinations', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'coordination',
                'verbose_name_plural': 'coordinations',
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='slug')),
                ('template', models.CharField(blank=True, max_length=60, verbose_name='template')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='name in English')),
                ('name_fa', models.CharField(blank=True, max_length=200, verbose_name='name in Persian')),
                ('summary_en', models.TextField(blank=True, verbose_name='summary in English')),
                ('summary_fa', models.TextField(blank=True, verbose_name='summary in Persian')),
                ('format', models.CharField(choices=[('one_to_one', 'One mentor, one mentee'), ('circle', 'A circle: one mentor, several mentees')], default='one_to_one', max_length=12, verbose_name='format')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open for applications'), ('running', 'Running'), ('closed', 'Closed')], default='draft', max_length=10, verbose_name='status')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('ends_on', models.DateField(verbose_name='ends on')),
                ('apply_until', models.DateField(blank=True, null=True, verbose_name='applications until')),
                ('rhythm_days', models.PositiveSmallIntegerField(default=7, verbose_name='days between contacts')),
                ('session_minutes', models.PositiveSmallIntegerField(default=45, verbose_name='minutes of a session')),
                ('mentor_capacity', models.PositiveSmallIntegerField(default=2, verbose_name='mentees per mentor at most')),
                ('agreement_en', models.TextField(blank=True, verbose_name='agreement in English')),
                ('agreement_fa', models.TextField(blank=True, verbose_name='agreement in Persian')),
                ('asked', models.JSONField(default=dict, verbose_name='what is asked')),
                ('languages', models.JSONField(default=list, verbose_name='languages of the programme')),
                ('mentee_approval', models.BooleanField(default=True, verbose_name='mentees need approval too')),
                ('matched_by', models.CharField(choices=[('coordinators', 'Coordinators match'), ('requests', 'Mentees ask the mentors they choose'), ('both', 'Both: mentees may ask, coordinators match whoever is left')], default='coordinators', max_length=12, verbose_name='how pairs come about')),
                ('request_days', models.PositiveSmallIntegerField(default=7, verbose_name='days a mentor has to answer a request')),
                ('match_settings', models.JSONField(blank=True, default=dict, verbose_name='matching settings')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('coordinators', models.ManyToManyField(related_name='coordinated', through='planning.Coordination', to=settings.AUTH_USER_MODEL, verbose_name='coordinators')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='programmes', to='accounts.institution', verbose_name='institution')),
            ],
            options={
                'verbose_name': 'programme',
                'verbose_name_plural': 'programmes',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='programme_ends_after_it_starts', violation_error_message='A programme ends after it starts.'), models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_fa', ''), _negated=True), name='programme_has_a_name', violation_error_message='Give the programme a name in at least one language.'), models.CheckConstraint(condition=models.Q(('rhythm_days__gte', 1)), name='programme_rhythm_is_a_day_or_more'), models.CheckConstraint(condition=models.Q(('request_days__gte', 1), ('request_days__lte', 60)), name='programme_request_days_1_to_60')],
            },
        ),
        migrations.CreateModel(
            name='PeopleImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], max_length=6, verbose_name='role')),
                ('status', models.CharField(choices=[('mapping', 'Columns to be mapped'), ('checked', 'Checked'), ('running', 'Importing'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='mapping', max_length=9, verbose_name='status')),
                ('file_name', models.CharField(max_length=200, verbose_name='file name')),
                ('text', models.TextField()),
                ('columns', models.JSONField(default=list, verbose_name='columns')),
                ('mapping', models.JSONField(default=dict, verbose_name='mapping')),
                ('options', models.JSONField(default=dict, verbose_name='options')),
                ('job_key', models.CharField(blank=True, max_length=200, verbose_name='key of the job')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'file of people',
                'verbose_name_plural': 'files of people',
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title_en', models.CharField(blank=True, max_length=200, verbose_name='title in English')),
                ('title_fa', models.CharField(blank=True, max_length=200, verbose_name='title in Persian')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('met_at', models.DateTimeField(blank=True, null=True, verbose_name='met at')),
                ('met_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='met by')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'milestone',
                'verbose_name_plural': 'milestones',
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('columns', models.JSONField(default=dict, verbose_name='columns')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_mappings', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'mapping of columns',
                'verbose_name_plural': 'mappings of columns',
                'constraints': [models.UniqueConstraint(fields=('programme', 'name'), name='import_mapping_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], max_length=6, verbose_name='role')),
                ('status', models.CharField(choices=[('invited', 'Invited'), ('registered', 'Registered'), ('applied', 'Applied'), ('rejected', 'Not accepted'), ('approved', 'Approved'), ('training', 'In training'), ('ready', 'Ready'), ('paused', 'Paused'), ('completed', 'Completed'), ('withdrawn', 'Withdrawn'), ('deactivated', 'Deactivated'), ('suspended', 'Suspended')], default='registered', max_length=11, verbose_name='status')),
                ('status_at', models.DateTimeField(verbose_name='status since')),
                ('capacity', models.PositiveSmallIntegerField(default=1, verbose_name='places')),
                ('free_places', models.PositiveSmallIntegerField(default=1, verbose_name='free places')),
                ('headline', models.CharField(blank=True, max_length=160, verbose_name='what I do, in one line')),
                ('organisation', models.CharField(blank=True, max_length=160, verbose_name='faculty or organisation')),
                ('field', models.CharField(blank=True, max_length=60, verbose_name='field')),
                ('seniority', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='years of experience')),
                ('languages', models.JSONField(default=list, verbose_name='languages')),
                ('goals', models.TextField(blank=True, max_length=1000, verbose_name='what I hope for')),
                ('motivation', models.TextField(blank=True, max_length=1000, verbose_name='why I take part')),
                ('contacts_wanted', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='contacts a month I expect')),
                ('external_id', models.CharField(blank=True, max_length=100, verbose_name='id in the institution')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='ready at')),
                ('trained_at', models.DateTimeField(blank=True, null=True, verbose_name='trained at')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'enrolment',
                'verbose_name_plural': 'enrolments',
                'indexes': [models.Index(fields=['programme', 'role', 'status'], name='planning_en_program_e13082_idx')],
                'constraints': [models.UniqueConstraint(fields=('programme', 'person', 'role'), name='enrolment_once_per_role'), models.CheckConstraint(condition=models.Q(('free_places__lte', models.F('capacity'))), name='enrolment_has_no_more_free_places_than_places')],
            },
        ),
        migrations.AddField(
            model_name='coordination',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coordinations', to='planning.programme', verbose_name='programme'),
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField()),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='planning.enrolment')),
                ('wished', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wished_by', to='planning.enrolment')),
            ],
            options={
                'verbose_name': 'wish for a match',
                'verbose_name_plural': 'wishes for a match',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'wished'), name='wish_once'), models.UniqueConstraint(fields=('enrolment', 'rank'), name='wish_rank_once'), models.CheckConstraint(condition=models.Q(('enrolment', models.F('wished')), _negated=True), name='wish_is_for_somebody_else'), models.CheckConstraint(condition=models.Q(('rank__gte', 1), ('rank__lte', 5)), name='wish_rank_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='Availability',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField()),
                ('starts', models.PositiveSmallIntegerField()),
                ('ends', models.PositiveSmallIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='availabilities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'free time',
                'verbose_name_plural': 'free times',
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='availability_is_on_a_weekday'), models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts')), ('ends__lte', 1440)), name='availability_ends_after_it_starts'), models.UniqueConstraint(fields=('person', 'weekday', 'starts'), name='availability_once')],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentConcept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('concept', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('offered', 'I can help with'), ('wanted', 'I want help with')], max_length=7)),
                ('level', models.PositiveSmallIntegerField(default=3)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='concepts', to='planning.enrolment')),
            ],
            options={
                'verbose_name': 'subject of an enrolment',
                'verbose_name_plural': 'subjects of enrolments',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'concept', 'kind'), name='enrolment_concept_once'), models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='enrolment_concept_level_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='Never',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nevers', to='planning.enrolment')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nevers_of_others', to='planning.enrolment')),
            ],
            options={
                'verbose_name': 'never-list entry',
                'verbose_name_plural': 'never-list entries',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'other'), name='never_once'), models.CheckConstraint(condition=models.Q(('enrolment', models.F('other')), _negated=True), name='never_is_about_somebody_else')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('values', models.JSONField(default=dict)),
                ('outcome', models.CharField(choices=[('new', 'New'), ('changed', 'Will be updated'), ('same', 'Nothing new'), ('bad', 'Cannot be imported'), ('done', 'Imported')], max_length=7)),
                ('problems', models.JSONField(default=list)),
                ('enrolment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='planning.enrolment')),
                ('people_import', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='planning.peopleimport')),
            ],
            options={
                'verbose_name': 'line of a file',
                'verbose_name_plural': 'lines of files',
                'constraints': [models.UniqueConstraint(fields=('people_import', 'line'), name='import_row_once_per_line')],
            },
        ),
        migrations.AddConstraint(
            model_name='coordination',
            constraint=models.UniqueConstraint(fields=('programme', 'person'), name='coordination_once'),
        ),
    ]
