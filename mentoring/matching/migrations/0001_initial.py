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
            name='MatchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('staged', 'Ready for review'), ('publishing', 'Being published'), ('published', 'Published'), ('failed', 'Stopped')], default='waiting', max_length=10, verbose_name='status')),
                ('objective', models.CharField(choices=[('total', 'Best total fit'), ('most', 'Most people matched, then best fit'), ('worst', 'Most people matched, then the lowest fit as high as can be'), ('even', 'Most people matched, then an even fit: low ones count more'), ('stable', 'No two would rather have each other: best for the mentees'), ('stable_mentors', 'No two would rather have each other: best for the mentors')], default='most', max_length=14, verbose_name='objective')),
                ('weights', models.JSONField(default=dict, verbose_name='weights')),
                ('rules', models.JSONField(default=dict, verbose_name='rules')),
                ('locked', models.JSONField(default=list, verbose_name='fixed pairs')),
                ('seed', models.PositiveIntegerField(default=1, verbose_name='seed')),
                ('input_hash', models.CharField(blank=True, max_length=64, verbose_name='hash of the input')),
                ('engine_version', models.CharField(blank=True, max_length=20, verbose_name='version of the engine')),
                ('total', models.BigIntegerField(null=True, verbose_name='total of fit')),
                ('bound', models.BigIntegerField(null=True, verbose_name='upper bound')),
                ('mentees', models.PositiveIntegerField(default=0, verbose_name='mentees')),
                ('mentors', models.PositiveIntegerField(default=0, verbose_name='mentors')),
                ('report', models.JSONField(default=dict, verbose_name='report')),
                ('job_key', models.CharField(blank=True, max_length=200, verbose_name='key of the job')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('published_at', models.DateTimeField(null=True, verbose_name='published at')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_runs', to='planning.programme', verbose_name='programme')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
            ],
            options={
                'verbose_name': 'matching run',
                'verbose_name_plural': 'matching runs',
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(null=True, verbose_name='place among the choices')),
                ('message', models.TextField(max_length=500, verbose_name='why this mentor')),
                ('status', models.CharField(choices=[('draft', 'Not sent yet'), ('sent', 'Sent'), ('seen', 'Seen'), ('info_asked', 'Question asked'), ('answered', 'Question answered'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Ran out'), ('withdrawn', 'Taken back'), ('superseded', 'Closed')], default='draft', max_length=10, verbose_name='status')),
                ('created_at', models.DateTimeField(verbose_name='chosen at')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='seen at')),
                ('replied_at', models.DateTimeField(null=True, verbose_name='first reply of the mentor')),
                ('due_at', models.DateTimeField(null=True, verbose_name='runs out at')),
                ('time_left', models.DurationField(null=True, verbose_name='time left when more was asked')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decline_reason', models.CharField(blank=True, choices=[('no_time', 'I have no time for somebody new just now'), ('other_help', 'Somebody else can help better with this'), ('too_close', 'We know each other too well, or there is a conflict of interest'), ('other', 'Another reason')], max_length=10, verbose_name='reason for declining')),
                ('words', models.TextField(blank=True, max_length=500, verbose_name='a kind word')),
                ('superseded_because', models.CharField(blank=True, choices=[('mentee_matched', 'The mentee has found a mentor'), ('mentor_full', 'The mentor has no free place any more'), ('mentor_unavailable', 'The mentor is not available any more')], max_length=18, verbose_name='why it was closed')),
                ('fell_through_to', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='fell_from', to='matching.request', verbose_name='next choice, asked instead')),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests_sent', to='planning.enrolment', verbose_name='mentee')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests_received', to='planning.enrolment', verbose_name='mentor')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'request to a mentor',
                'verbose_name_plural': 'requests to mentors',
                'indexes': [models.Index(fields=['mentor', 'status'], name='matching_re_mentor__be86fc_idx'), models.Index(fields=['programme', 'status'], name='matching_re_program_d6093c_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('mentor', models.F('mentee')), _negated=True), name='request_is_between_two_people', violation_error_message='A person cannot mentor themselves.'), models.UniqueConstraint(condition=models.Q(('status__in', ('draft', 'sent', 'seen', 'info_asked', 'answered'))), fields=('mentee', 'mentor'), name='request_one_live_per_pair'), models.UniqueConstraint(condition=models.Q(('status__in', ('sent', 'seen', 'info_asked', 'answered'))), fields=('mentee',), name='request_one_asked_at_a_time'), models.UniqueConstraint(condition=models.Q(('status__in', ('draft', 'sent', 'seen', 'info_asked', 'answered'))), fields=('mentee', 'rank'), name='request_rank_once'), models.CheckConstraint(condition=models.Q(('rank__gte', 1), ('rank__lte', 5)), name='request_rank_1_to_5'), models.CheckConstraint(condition=models.Q(('message', ''), _negated=True), name='request_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('sent', 'seen', 'info_asked', 'answered')), _negated=True), models.Q(('due_at__isnull', False), ('sent_at__isnull', False)), _connector='OR'), name='request_open_has_a_clock'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status__in', ('draft', 'sent', 'seen', 'info_asked', 'answered'))), models.Q(models.Q(('status__in', ('draft', 'sent', 'seen', 'info_asked', 'answered')), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='request_is_live_or_decided'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), models.Q(('decline_reason', ''), _negated=True)), models.Q(models.Q(('status', 'declined'), _negated=True), ('decline_reason', '')), _connector='OR'), name='request_declined_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'superseded'), models.Q(('superseded_because', ''), _negated=True)), models.Q(models.Q(('status', 'superseded'), _negated=True), ('superseded_because', '')), _connector='OR'), name='request_closed_with_a_cause')],
            },
        ),
        migrations.CreateModel(
            name='RequestQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.TextField(max_length=500, verbose_name='question')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('answer', models.TextField(blank=True, max_length=1000, verbose_name='answer')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='matching.request', verbose_name='request to a mentor')),
            ],
            options={
                'verbose_name': 'question about a request',
                'verbose_name_plural': 'questions about requests',
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('request',), name='request_question_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Unmatched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=40)),
                ('details', models.JSONField(default=dict)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='planning.enrolment')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unmatched', to='matching.matchrun')),
            ],
            options={
                'verbose_name': 'person without a match',
                'verbose_name_plural': 'people without a match',
                'constraints': [models.UniqueConstraint(fields=('run', 'enrolment'), name='unmatched_once_per_run')],
            },
        ),
        migrations.CreateModel(
            name='BlockedPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='planning.enrolment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='planning.enrolment')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocked_pairs', to='planning.programme')),
            ],
            options={
                'verbose_name': 'blocked pair',
                'verbose_name_plural': 'blocked pairs',
                'constraints': [models.UniqueConstraint(fields=('mentor', 'mentee'), name='blocked_pair_once')],
            },
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('published', 'Published')], default='proposed', max_length=9)),
                ('locked', models.BooleanField(default=False)),
                ('score', models.PositiveSmallIntegerField()),
                ('parts', models.JSONField(default=dict)),
                ('why', models.JSONField(default=dict)),
                ('rank_for_mentee', models.PositiveIntegerField(null=True)),
                ('rank_for_mentor', models.PositiveIntegerField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='planning.enrolment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='planning.enrolment')),
                ('relationship', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='relationships.relationship')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pairs', to='matching.matchrun')),
            ],
            options={
                'verbose_name': 'pair',
                'verbose_name_plural': 'pairs',
                'constraints': [models.UniqueConstraint(fields=('run', 'mentor', 'mentee'), name='pair_once_per_run'), models.CheckConstraint(condition=models.Q(('mentor', models.F('mentee')), _negated=True), name='pair_is_two_enrolments'), models.CheckConstraint(condition=models.Q(('score__lte', 10000)), name='pair_score_0_to_10000')],
            },
        ),
    ]
