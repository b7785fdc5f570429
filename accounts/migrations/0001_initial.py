import accounts.models
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Institution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='slug')),
                ('name_en', models.CharField(max_length=200, verbose_name='name in English')),
                ('name_fa', models.CharField(blank=True, max_length=200, verbose_name='name in Persian')),
                ('language', models.CharField(choices=[('en', 'English'), ('fa', 'فارسی')], default='en', max_length=2, verbose_name='language')),
                ('calendar', models.CharField(choices=[('gregorian', 'Gregorian'), ('jalali', 'Jalali (Iranian)')], default='gregorian', max_length=9, verbose_name='calendar')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[accounts.models.known_zone], verbose_name='time zone')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'institution',
                'verbose_name_plural': 'institutions',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('about', models.CharField(blank=True, max_length=600, verbose_name='about me')),
                ('language', models.CharField(choices=[('en', 'English'), ('fa', 'فارسی')], default='en', max_length=2, verbose_name='language')),
                ('calendar', models.CharField(choices=[('gregorian', 'Gregorian'), ('jalali', 'Jalali (Iranian)')], default='gregorian', max_length=9, verbose_name='calendar')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[accounts.models.known_zone], verbose_name='time zone')),
                ('theme', models.CharField(choices=[('system', 'Like my device'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=6, verbose_name='appearance')),
                ('role', models.CharField(blank=True, help_text='The role this person last worked in.', max_length=20, verbose_name='last role')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='operator')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='joined at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='person_email_once_whatever_its_case')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField(unique=True, verbose_name='number')),
                ('at', models.DateTimeField(verbose_name='moment')),
                ('action', models.CharField(max_length=60, verbose_name='action')),
                ('actor_id', models.BigIntegerField(db_index=True, null=True, verbose_name='number of the person acting')),
                ('institution_id', models.BigIntegerField(null=True, verbose_name='number of the institution')),
                ('target_type', models.CharField(blank=True, max_length=60, verbose_name='kind of target')),
                ('target_id', models.CharField(blank=True, max_length=60, verbose_name='number of the target')),
                ('outcome', models.CharField(default='ok', max_length=20, verbose_name='outcome')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('request_id', models.CharField(blank=True, max_length=36, verbose_name='request id')),
                ('previous', models.CharField(blank=True, max_length=64, verbose_name='hash of the event before')),
                ('hash', models.CharField(max_length=64, verbose_name='hash')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='accounts_au_target__6d660f_idx'), models.Index(fields=['institution_id', '-seq'], name='accounts_au_institu_749b41_idx')],
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveBigIntegerField(default=0)),
                ('hash', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='audit_head_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('terms', 'Terms of use and privacy'), ('research', 'Use of my answers for research, without my name')], max_length=10, verbose_name='kind')),
                ('version', models.CharField(max_length=20, verbose_name='version')),
                ('given_at', models.DateTimeField(verbose_name='given at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('person', 'kind', 'version'), name='consent_in_force_once')],
            },
        ),
        migrations.CreateModel(
            name='Belonging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('member', 'Member'), ('administrator', 'Administrator')], default='member', max_length=13, verbose_name='role')),
                ('external_id', models.CharField(blank=True, max_length=100, verbose_name='id in the institution')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='belongings', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='belongings', to='accounts.institution', verbose_name='institution')),
            ],
            options={
                'verbose_name': 'belonging',
                'verbose_name_plural': 'belongings',
                'constraints': [models.UniqueConstraint(fields=('institution', 'person'), name='belonging_once_per_person'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('institution', 'external_id'), name='belonging_external_id_once')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('prefix', models.CharField(max_length=12, verbose_name='prefix')),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list, verbose_name='scopes')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='last used at')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked at')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='accounts.institution', verbose_name='institution')),
            ],
            options={
                'verbose_name': 'key',
                'verbose_name_plural': 'keys',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('institution', 'name'), name='api_key_name_once_while_in_use', violation_error_message='A key in use already has this name.')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('role', models.CharField(choices=[('member', 'Member'), ('administrator', 'Administrator')], default='member', max_length=13, verbose_name='role')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='accepted at')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.institution', verbose_name='institution')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
            },
        ),
    ]
