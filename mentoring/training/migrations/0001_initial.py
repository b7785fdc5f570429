import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('planning', '0001_first_version'),
    ]

    operations = [
        migrations.CreateModel(
            name='ModuleProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('module', models.CharField(max_length=60, verbose_name='module')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('touched_at', models.DateTimeField(verbose_name='last touched at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('quiz_before', models.FloatField(blank=True, null=True)),
                ('quiz_after', models.FloatField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='module_progress', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'progress in a module',
                'verbose_name_plural': 'progress in modules',
                'constraints': [models.UniqueConstraint(fields=('person', 'module'), name='module_progress_once')],
            },
        ),
        migrations.CreateModel(
            name='LessonAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lesson', models.CharField(max_length=60)),
                ('answer', models.JSONField(default=dict)),
                ('answered_at', models.DateTimeField()),
                ('progress', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='training.moduleprogress')),
            ],
            options={
                'verbose_name': 'answer in a lesson',
                'verbose_name_plural': 'answers in lessons',
                'constraints': [models.UniqueConstraint(fields=('progress', 'lesson'), name='lesson_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeModule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('module', models.CharField(max_length=60, verbose_name='module')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], max_length=6, verbose_name='role')),
                ('required', models.BooleanField(default=True, verbose_name='required')),
                ('due_days', models.PositiveSmallIntegerField(default=14, help_text='Days after approval', verbose_name='days until due')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='modules', to='planning.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'module of a programme',
                'verbose_name_plural': 'modules of programmes',
                'constraints': [models.UniqueConstraint(fields=('programme', 'module', 'role'), name='programme_module_once')],
            },
        ),
        migrations.CreateModel(
            name='SelfRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.CharField(max_length=60)),
                ('moment', models.CharField(choices=[('before', 'Before'), ('after', 'After')], max_length=6)),
                ('value', models.PositiveSmallIntegerField()),
                ('rated_at', models.DateTimeField()),
                ('progress', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='training.moduleprogress')),
            ],
            options={
                'verbose_name': 'self-rating',
                'verbose_name_plural': 'self-ratings',
                'constraints': [models.UniqueConstraint(fields=('progress', 'statement', 'moment'), name='self_rating_once'), models.CheckConstraint(condition=models.Q(('value__gte', 1), ('value__lte', 5)), name='self_rating_1_to_5')],
            },
        ),
    ]
