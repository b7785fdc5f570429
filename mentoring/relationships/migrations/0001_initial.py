import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('planning', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'calendar address',
                'verbose_name_plural': 'calendar addresses',
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='goal')),
                ('why', models.TextField(blank=True, max_length=1000, verbose_name='why it matters, and how we will know')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('active', 'Active'), ('closed', 'Closed'), ('dropped', 'Dropped')], default='proposed', max_length=8)),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('attainment', models.SmallIntegerField(blank=True, null=True, verbose_name='how far we got')),
                ('helped', models.TextField(blank=True, max_length=1000, verbose_name='what helped')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
            },
        ),
        migrations.CreateModel(
            name='GoalStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='step')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('source', models.CharField(choices=[('own', 'Our own'), ('training', 'From a module'), ('session', 'From a session')], default='own', max_length=8)),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='relationships.goal')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='goal_steps', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
            },
        ),
        migrations.CreateModel(
            name='Relationship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('awaiting', 'Waiting for the agreement'), ('active', 'Active'), ('paused', 'Paused'), ('concluding', 'Coming to its end'), ('completed', 'Completed'), ('completed_early', 'Completed early'), ('ended', 'Ended'), ('voided', 'Voided')], default='awaiting', max_length=15, verbose_name='status')),
                ('status_at', models.DateTimeField(verbose_name='status since')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('planned_end_on', models.DateField(verbose_name='planned end')),
                ('first_contact_at', models.DateTimeField(blank=True, null=True, verbose_name='first contact')),
                ('last_contact_at', models.DateTimeField(blank=True, null=True, verbose_name='last contact')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('close_reason', models.CharField(blank=True, choices=[('goals_reached', 'We reached what we wanted'), ('time_over', 'The planned time is over'), ('no_time', 'Not enough time'), ('poor_fit', 'We did not fit well'), ('no_contact', 'Contact was lost'), ('other', 'Another reason')], max_length=13, verbose_name='reason for closing')),
                ('never_again', models.BooleanField(default=False, verbose_name='do not match again')),
                ('pair_key', models.CharField(max_length=50, verbose_name='key of the pair')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='points of fit')),
                ('why', models.JSONField(blank=True, default=dict, verbose_name='why these people')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relationships', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'relationship',
                'verbose_name_plural': 'relationships',
                'indexes': [models.Index(fields=['programme', 'status'], name='relationshi_program_cbc980_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['awaiting', 'active', 'paused', 'concluding'])), fields=('programme', 'pair_key'), name='relationship_open_once_per_pair'), models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('started_at')), _connector='OR'), name='relationship_closes_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('private', 'Only me'), ('shared', 'All of us in this relationship'), ('programme', 'All of us and the coordinators')], default='private', max_length=9, verbose_name='who can read it')),
                ('body', models.TextField(max_length=4000, verbose_name='note')),
                ('created_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to=settings.AUTH_USER_MODEL)),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='relationships.relationship')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
            },
        ),
        migrations.AddField(
            model_name='goal',
            name='relationship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='relationships.relationship'),
        ),
        migrations.CreateModel(
            name='ExitAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('satisfaction', models.PositiveSmallIntegerField(verbose_name='how satisfied are you with this relationship?')),
                ('stay_in_touch', models.PositiveSmallIntegerField(verbose_name='would you like to stay in touch?')),
                ('comment', models.TextField(blank=True, max_length=2000, verbose_name='what should we know?')),
                ('answered_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_answers', to=settings.AUTH_USER_MODEL)),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_answers', to='relationships.relationship')),
            ],
            options={
                'verbose_name': 'closing answer',
                'verbose_name_plural': 'closing answers',
                'constraints': [models.UniqueConstraint(fields=('relationship', 'person'), name='exit_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='CoordinatorTouch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='moment')),
                ('reason', models.CharField(blank=True, max_length=60, verbose_name='reason')),
                ('coordinator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='coordinator')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='relationships.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'contact of a coordinator',
                'verbose_name_plural': 'contacts of coordinators',
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_on', models.DateField()),
                ('mood', models.PositiveSmallIntegerField()),
                ('answered_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to=settings.AUTH_USER_MODEL)),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='relationships.relationship')),
            ],
            options={
                'verbose_name': 'check-in',
                'verbose_name_plural': 'check-ins',
                'constraints': [models.UniqueConstraint(fields=('relationship', 'person', 'week_on'), name='check_in_once_a_week'), models.CheckConstraint(condition=models.Q(('mood__gte', 1), ('mood__lte', 5)), name='check_in_mood_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('rhythm_days', models.PositiveSmallIntegerField(verbose_name='we are in touch at least every')),
                ('reply_hours', models.PositiveSmallIntegerField(default=48, verbose_name='we answer within')),
                ('channels', models.JSONField(default=list, verbose_name='ways we use')),
                ('expectations', models.TextField(blank=True, max_length=2000, verbose_name='what we expect of each other')),
                ('reconnect', models.TextField(blank=True, max_length=1000, verbose_name='if one of us falls silent')),
                ('boundaries', models.TextField(blank=True, max_length=1000, verbose_name='boundaries')),
                ('ends_on', models.DateField(verbose_name='we plan to end on')),
                ('updated_at', models.DateTimeField()),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('relationship', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='agreement', to='relationships.relationship')),
            ],
            options={
                'verbose_name': 'agreement',
                'verbose_name_plural': 'agreements',
                'constraints': [models.CheckConstraint(condition=models.Q(('rhythm_days__gte', 1), ('rhythm_days__lte', 90)), name='agreement_rhythm_1_to_90_days')],
            },
        ),
        migrations.CreateModel(
            name='RelationshipMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], max_length=6, verbose_name='role')),
                ('joined_at', models.DateTimeField(verbose_name='joined at')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left at')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='planning.enrolment', verbose_name='enrolment')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='relationships.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'constraints': [models.UniqueConstraint(fields=('relationship', 'person'), name='relationship_member_once'), models.UniqueConstraint(condition=models.Q(('left_at', None), ('role', 'mentor')), fields=('relationship',), name='relationship_has_one_mentor')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('held', 'Held'), ('no_show', 'Missed'), ('cancelled', 'Cancelled')], default='proposed', max_length=9, verbose_name='status')),
                ('provenance', models.CharField(choices=[('planned', 'Planned here'), ('self_logged', 'Logged by one side'), ('partner_confirmed', 'Logged and confirmed')], default='planned', max_length=17, verbose_name='origin')),
                ('topic', models.CharField(blank=True, max_length=200, verbose_name='topic')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='starts at')),
                ('minutes', models.PositiveSmallIntegerField(default=45, verbose_name='minutes')),
                ('place', models.CharField(choices=[('video', 'Video'), ('phone', 'Phone'), ('in_person', 'In person')], default='video', max_length=9, verbose_name='where')),
                ('link', models.CharField(blank=True, max_length=300, verbose_name='link or place')),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('summary', models.TextField(blank=True, max_length=4000, verbose_name='what we talked about')),
                ('next_step', models.CharField(blank=True, max_length=200, verbose_name='next step')),
                ('technical_fault', models.BooleanField(default=False, verbose_name='a technical fault cut it short')),
                ('sequence', models.PositiveSmallIntegerField(default=0)),
                ('absent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('logged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('relationship', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='relationships.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'indexes': [models.Index(fields=['relationship', 'status', 'starts_at'], name='relationshi_relatio_a2eb37_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'cancelled']), ('starts_at__isnull', False), _connector='OR'), name='session_has_its_time'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 480)), name='session_lasts_5_to_480_minutes')],
            },
        ),
        migrations.CreateModel(
            name='SessionRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField()),
                ('rated_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='session_ratings', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='relationships.session')),
            ],
            options={
                'verbose_name': 'rating of a session',
                'verbose_name_plural': 'ratings of sessions',
                'constraints': [models.UniqueConstraint(fields=('session', 'person'), name='session_rating_once'), models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='session_rating_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='SessionSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='relationships.session')),
            ],
            options={
                'verbose_name': 'offered time',
                'verbose_name_plural': 'offered times',
                'constraints': [models.UniqueConstraint(fields=('session', 'starts_at'), name='session_slot_once')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('signed_at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='relationships.agreement')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'signature',
                'verbose_name_plural': 'signatures',
                'constraints': [models.UniqueConstraint(fields=('agreement', 'version', 'person'), name='signature_once_per_version')],
            },
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('attainment', None), models.Q(('attainment__gte', -2), ('attainment__lte', 2)), _connector='OR'), name='goal_attainment_minus_2_to_2'),
        ),
    ]
