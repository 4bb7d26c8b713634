"""Everything at once for a new database. One that has some of 0001 to 0007 goes on by them; they go with the first release."""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Many models at once: Django renders its state once, not once per model with all that it touches (3 s less on a new database)."""

    def __init__(self, created: list[migrations.CreateModel]) -> None:
        self.created = created

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.created], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered again when somebody asks: then everything is there
        for one in self.created:
            one.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in self.created:  # a foreign key to a table that comes later is no trouble: PostgreSQL gets them all at the end
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in reversed(self.created):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.created)} models"


class Migration(migrations.Migration):

    replaces = [('games', '0001_initial'), ('games', '0002_browser'), ('games', '0003_drafts'), ('games', '0004_flags'), ('games', '0005_group_unnamed'), ('games', '0006_fair_judging'), ('games', '0007_commons')]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreateModels([
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=300)),
                ('kind', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Sealer',
            fields=[
                ('name', models.CharField(default='journal', max_length=20, primary_key=True, serialize=False)),
                ('seal', models.BigIntegerField(default=0)),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('claimed_by', models.CharField(blank=True, max_length=64)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('cycle_id', models.BigIntegerField(blank=True, null=True)),
                ('actor', models.UUIDField(blank=True, null=True)),
                ('group_id', models.BigIntegerField(blank=True, null=True)),
                ('subject', models.CharField(blank=True, help_text='What it is about, as kind:id.', max_length=80)),
                ('payload', models.JSONField(default=dict)),
                ('channel', models.CharField(default='web', max_length=20)),
                ('key', models.CharField(blank=True, help_text='Idempotency: one entry per key.', max_length=200, null=True, unique=True)),
                ('at', models.DateTimeField()),
                ('seal', models.BigIntegerField(blank=True, null=True, unique=True)),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['cycle_id', 'seal'], name='journal_by_cycle'), models.Index(condition=models.Q(('seal__isnull', True)), fields=['id'], name='journal_unsealed')],
            },
        ),
        migrations.CreateModel(
            name='NoticeWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('invitation', 'invitation'), ('deadline', 'deadline'), ('assigned', 'assigned'), ('feedback', 'feedback'), ('published', 'published'), ('advanced', 'advanced'), ('award', 'award'), ('team', 'team'), ('news', 'news')], max_length=12)),
                ('pace', models.CharField(choices=[('now', 'now'), ('daily', 'daily'), ('never', 'never')], default='now', max_length=8)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_wishes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'topic'), name='one_wish_per_topic')],
            },
        ),
        migrations.CreateModel(
            name='Playbook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=100)),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(max_length=300)),
                ('summary', models.TextField(blank=True)),
                ('source', models.CharField(choices=[('library', 'library'), ('posted', 'posted')], default='library', max_length=20)),
                ('data', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['key', '-version'],
                'constraints': [models.UniqueConstraint(fields=('key', 'version'), name='playbook_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Unique in the organization; the key of people.csv.', max_length=100)),
                ('name', models.CharField(max_length=300)),
                ('email', models.EmailField(blank=True, help_text="Leaves only in organizers' exports.", max_length=254)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='people', to='games.organization')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'key'), name='person_key_once'), models.UniqueConstraint(condition=models.Q(('claimed_at__isnull', True), ('organization__isnull', True)), fields=('user',), name='one_own_person_per_user')],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=300)),
                ('summary', models.TextField(blank=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.organization')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=300)),
                ('summary', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('enrolling', 'enrolling'), ('running', 'running'), ('paused', 'paused'), ('awarding', 'awarding'), ('closed', 'closed'), ('cancelled', 'cancelled')], default='draft', max_length=12)),
                ('design_number', models.PositiveIntegerField(default=0)),
                ('playbook', models.CharField(blank=True, help_text='Key and version it was launched from.', max_length=120)),
                ('public', models.BooleanField(default=True, help_text='Off: only members find it.')),
                ('imported', models.BooleanField(default=False)),
                ('rehearsal', models.BooleanField(default=False, help_text='A dry run with invented people: labelled, never listed, removable.')),
                ('embeddable', models.BooleanField(default=False, help_text='Other sites may show its public boards in a frame.')),
                ('logo', models.FileField(blank=True, max_length=200, upload_to='logos/')),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('purged_at', models.DateTimeField(blank=True, help_text='When the retention rule of the Design was carried out.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('predecessor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='successors', to='games.cycle')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.organization')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cycles', to='games.series')),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('next_path', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='games.person')),
            ],
        ),
        migrations.CreateModel(
            name='PointsCursor',
            fields=[
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='games.cycle')),
                ('generation', models.PositiveIntegerField(default=1)),
                ('seal', models.BigIntegerField(default=0)),
                ('preview_generation', models.PositiveIntegerField(blank=True, help_text='Replayed under other rules, not shown yet.', null=True)),
                ('preview_seal', models.BigIntegerField(default=0)),
                ('preview_design', models.PositiveIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField(blank=True, help_text='Markdown.')),
                ('audience', models.CharField(choices=[('public', 'public'), ('teams', 'teams'), ('judges', 'judges')], default='public', max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='announcements', to='games.cycle')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('advance', 'advance'), ('stop', 'stop'), ('withdraw', 'withdraw'), ('disqualify', 'disqualify'), ('equal', 'equal'), ('break', 'break'), ('award', 'award'), ('launch', 'launch'), ('amend', 'amend'), ('state', 'state'), ('gate', 'gate'), ('extend', 'extend'), ('reopen', 'reopen'), ('publish', 'publish'), ('waive', 'waive'), ('override', 'override'), ('role', 'role'), ('break_glass', 'break_glass'), ('deliberate', 'deliberate'), ('change_set', 'change_set'), ('appeal', 'appeal')], max_length=12)),
                ('round', models.CharField(blank=True, max_length=100)),
                ('board', models.CharField(blank=True, max_length=100)),
                ('group', models.CharField(blank=True, max_length=100)),
                ('other', models.CharField(blank=True, max_length=100)),
                ('value', models.CharField(blank=True, max_length=300)),
                ('question', models.CharField(blank=True, max_length=500)),
                ('options', models.JSONField(blank=True, default=list)),
                ('reason', models.TextField(blank=True)),
                ('decider', models.CharField(blank=True, help_text='Name as it stands in the record.', max_length=300)),
                ('published_at', models.DateTimeField(blank=True, help_text='Set when the round it belongs to is published: from then on public.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, help_text='Taken back by a later decision; stays in the record.', null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='games.cycle')),
            ],
            options={
                'ordering': ['cycle', 'number'],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'number'), name='decision_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('data', models.JSONField(default=dict)),
                ('carry', models.JSONField(blank=True, default=list)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('saved_at', models.DateTimeField()),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='games.cycle')),
                ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ExternalResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=200)),
                ('group', models.CharField(blank=True, max_length=100)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('value', models.CharField(blank=True, max_length=100)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='external_results', to='games.cycle')),
            ],
            options={
                'indexes': [models.Index(fields=['cycle', 'kind', 'key'], name='external_by_key')],
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('name', models.CharField(max_length=300)),
                ('kind', models.CharField(default='team', max_length=60)),
                ('division', models.CharField(blank=True, max_length=100)),
                ('columns', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('pending', 'pending'), ('active', 'active'), ('withdrawn', 'withdrawn'), ('disqualified', 'disqualified'), ('merged', 'merged')], default='active', max_length=12)),
                ('invite_code', models.CharField(blank=True, max_length=32)),
                ('rank_hidden', models.BooleanField(default=False, help_text='Its captain asked that public boards do not name it.')),
                ('unnamed', models.CharField(blank=True, help_text='What public boards call it while it is hidden: a key that tells nothing.', max_length=40)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='games.cycle')),
                ('predecessor', models.ForeignKey(blank=True, help_text='The same team in the cycle before.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='successors', to='games.group')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['invite_code'], name='group_by_invite')],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'key'), name='group_key_once'), models.UniqueConstraint(models.F('cycle'), models.F('division'), django.db.models.functions.text.Lower('name'), name='group_name_once_per_division')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('invitation', 'invitation'), ('deadline', 'deadline'), ('assigned', 'assigned'), ('feedback', 'feedback'), ('published', 'published'), ('advanced', 'advanced'), ('award', 'award'), ('team', 'team'), ('news', 'news')], max_length=12)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('text', models.CharField(max_length=300)),
                ('path', models.CharField(blank=True, help_text='Where it leads, without the host.', max_length=500)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='games.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-created_at'], name='notices_of_person')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.EmailField(max_length=254)),
                ('kind', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('queued', 'queued'), ('sent', 'sent'), ('failed', 'failed'), ('bounced', 'bounced'), ('held', 'held')], default='queued', max_length=8)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Not tried before; a worker that sends it moves it on, as its lease.')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at'], name='outbox')],
            },
        ),
        migrations.CreateModel(
            name='Rehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done', models.PositiveIntegerField(default=0)),
                ('steps', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('held_until', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='dry_run', to='games.cycle')),
                ('source', models.ForeignKey(help_text='The cycle it tries out.', on_delete=django.db.models.deletion.CASCADE, related_name='rehearsals', to='games.cycle')),
            ],
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=300)),
                ('design_number', models.PositiveIntegerField(help_text='The rules it runs under; frozen when it opens.')),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('judging_closes_at', models.DateTimeField(blank=True, null=True)),
                ('extended_to', models.DateTimeField(blank=True, null=True)),
                ('gated', models.BooleanField(default=False)),
                ('passed_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('locked_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('visibility', models.CharField(choices=[('sealed', 'sealed'), ('scores', 'scores'), ('summaries', 'summaries'), ('full', 'full'), ('forkable', 'forkable')], default='sealed', max_length=10)),
                ('settled_state', models.CharField(default='planned', help_text='The state whose side effects were done; the clock task moves it.', max_length=10)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rounds', to='games.cycle')),
            ],
            options={
                'ordering': ['cycle', 'number'],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'key'), name='round_key_once'), models.CheckConstraint(condition=models.Q(('opens_at__isnull', True), ('closes_at__isnull', True), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='round_closes_after_it_opens')],
            },
        ),
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=300)),
                ('format', models.CharField(max_length=12)),
                ('division', models.CharField(blank=True, max_length=100)),
                ('spec', models.JSONField()),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='challenges', to='games.round')),
            ],
            options={
                'ordering': ['round', 'number'],
                'constraints': [models.UniqueConstraint(fields=('round', 'key'), name='challenge_once_per_round')],
            },
        ),
        migrations.CreateModel(
            name='Design',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('data', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('diff', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='designs', to='games.cycle')),
                ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.decision')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cycle', 'number'), name='design_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('award', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=30)),
                ('name', models.CharField(max_length=300)),
                ('board', models.CharField(blank=True, max_length=100)),
                ('snapshot', models.PositiveIntegerField(blank=True, help_text="Number of the board's snapshot it rests on.", null=True)),
                ('place', models.CharField(blank=True, max_length=20)),
                ('amount_cents', models.BigIntegerField(blank=True, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('state', models.CharField(choices=[('nominated', 'nominated'), ('verified', 'verified'), ('granted', 'granted'), ('delivered', 'delivered'), ('declined', 'declined'), ('revoked', 'revoked'), ('unallocated', 'unallocated')], default='nominated', max_length=12)),
                ('reason', models.TextField(blank=True)),
                ('proof', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='games.cycle')),
                ('group', models.ForeignKey(blank=True, help_text='Empty: money nobody won.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='games.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'revoked'), _negated=True), fields=('cycle', 'award', 'group'), name='grant_once')],
            },
        ),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(default='aim', max_length=100)),
                ('period', models.DateField()),
                ('value', models.BigIntegerField()),
                ('note', models.TextField(blank=True, help_text='Where the number comes from.')),
                ('at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='games.cycle')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='games.group')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('group__isnull', False), ('replaced_at__isnull', True)), fields=('cycle', 'measure', 'group', 'period'), name='one_observation_of_group'), models.UniqueConstraint(condition=models.Q(('group__isnull', True), ('replaced_at__isnull', True)), fields=('cycle', 'measure', 'period'), name='one_observation_of_cycle')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(help_text='Key of a role in the Design; its capabilities are copied here.', max_length=100)),
                ('capabilities', models.JSONField(default=list)),
                ('affiliation', models.CharField(blank=True, max_length=200)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='games.cycle')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='games.group')),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('group', 'person'), name='one_membership_per_group'), models.UniqueConstraint(condition=models.Q(('group__isnull', True), ('until__isnull', True)), fields=('cycle', 'person', 'role'), name='one_cycle_wide_role')],
            },
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('asked', 'asked'), ('accepted', 'accepted'), ('refused', 'refused')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to='games.group')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('group', 'person'), name='one_open_join_request')],
            },
        ),
        migrations.CreateModel(
            name='ConflictOfInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('declared', 'declared'), ('organization', 'organization'), ('teammate', 'teammate'), ('mentor', 'mentor'), ('built_upon', 'built_upon')], default='declared', max_length=12)),
                ('source', models.CharField(choices=[('judge', 'judge'), ('team', 'team'), ('organizer', 'organizer'), ('system', 'system')], default='organizer', max_length=9)),
                ('reason', models.TextField(blank=True)),
                ('lifted_at', models.DateTimeField(blank=True, help_text='An organizer found that there is none.', null=True)),
                ('lifted_reason', models.TextField(blank=True)),
                ('declared_at', models.DateTimeField(auto_now_add=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='games.group')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.person')),
            ],
            options={
                'verbose_name_plural': 'conflicts of interest',
                'constraints': [models.UniqueConstraint(fields=('person', 'group'), name='conflict_once')],
            },
        ),
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField()),
                ('said_at', models.DateTimeField(auto_now_add=True)),
                ('answer', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='concerns', to='games.group')),
                ('person', models.ForeignKey(blank=True, help_text='Who said so.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
        ),
        migrations.CreateModel(
            name='Points',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('generation', models.PositiveIntegerField(default=1, help_text='A change of rules replays into a new generation, then they are swapped.')),
                ('seal', models.BigIntegerField(help_text='The journal entry that earned it.')),
                ('rule', models.CharField(max_length=100)),
                ('subject', models.CharField(blank=True, help_text='What the act was about: it earns once until it is taken back.', max_length=80)),
                ('design_number', models.PositiveIntegerField()),
                ('amount', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='games.cycle')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='games.group')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('reverses', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.points')),
            ],
            options={
                'verbose_name_plural': 'points',
                'indexes': [models.Index(fields=['cycle', 'generation', 'group'], name='points_by_group'), models.Index(fields=['cycle', 'generation', 'subject'], name='points_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'generation', 'seal', 'rule', 'group'), name='points_once_per_act')],
            },
        ),
        migrations.CreateModel(
            name='PointsTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('generation', models.PositiveIntegerField(default=1)),
                ('amount', models.IntegerField(default=0)),
                ('last_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cycle', 'generation', 'group'), name='points_total_once')],
            },
        ),
        migrations.CreateModel(
            name='RecomputeRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('settle', 'settle'), ('refresh', 'refresh')], max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10)),
                ('step', models.CharField(choices=[('lock', 'lock'), ('results', 'results'), ('standings', 'standings'), ('snapshot', 'snapshot'), ('awards', 'awards'), ('cut', 'cut'), ('notify', 'notify')], max_length=10)),
                ('publish', models.BooleanField(default=False, help_text='Go on to snapshot, awards and cut.')),
                ('plan', models.JSONField(blank=True, default=dict, help_text='Awards and entrants as computed with the standings: later steps do what was computed then.')),
                ('expected', models.CharField(blank=True, help_text='Digest of the preview that was looked at: what is published must still be that.', max_length=64)),
                ('not_before', models.DateTimeField(blank=True, help_text='Keeps refreshes of a cycle apart.', null=True)),
                ('reason', models.TextField(blank=True)),
                ('claimed_by', models.CharField(blank=True, max_length=64)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
                ('by', models.CharField(blank=True, help_text='Pseudonym of who asked.', max_length=36)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='games.cycle')),
                ('round', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'refresh'), ('state', 'waiting')), fields=('cycle', 'kind'), name='one_waiting_refresh_per_cycle'), models.UniqueConstraint(condition=models.Q(('kind', 'settle'), ('state__in', ['waiting', 'running'])), fields=('round',), name='one_open_settle_per_round')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'pending'), ('accepted', 'accepted'), ('waiting', 'waiting'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='pending', max_length=10)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('terms_version', models.CharField(blank=True, max_length=40)),
                ('licence_version', models.CharField(blank=True, max_length=40)),
                ('age_confirmed', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True, help_text='The rule that refused it, cited.')),
                ('asked_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='registration', to='games.group')),
            ],
        ),
        migrations.CreateModel(
            name='Pitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('room', models.CharField(blank=True, max_length=100)),
                ('starts_at', models.DateTimeField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pitches', to='games.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'group', 'panel'), name='pitch_once'), models.UniqueConstraint(fields=('round', 'room', 'starts_at'), name='room_holds_one_pitch')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('reason', models.TextField()),
                ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.decision')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='games.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'group'), name='one_extension_per_group')],
            },
        ),
        migrations.CreateModel(
            name='Entrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('via', models.CharField(choices=[('all', 'all'), ('cut', 'cut'), ('wildcard', 'wildcard'), ('invited', 'invited')], default='all', max_length=10)),
                ('at', models.DateTimeField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='games.group')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entrants', to='games.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'group'), name='entrant_once')],
            },
        ),
        migrations.CreateModel(
            name='Stand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('location', models.CharField(blank=True, max_length=200)),
                ('absent_at', models.DateTimeField(blank=True, help_text='Nobody was at the table.', null=True)),
                ('busy_until', models.DateTimeField(blank=True, null=True)),
                ('busy_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stands', to='games.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'group'), name='stand_once_per_group'), models.UniqueConstraint(fields=('round', 'number'), name='stand_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Calibration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('marking', 'marking'), ('discussing', 'discussing'), ('done', 'done')], default='marking', max_length=10)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('discussed_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calibrations', to='games.challenge')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'panel'), name='calibration_once_per_panel')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('ready', 'ready'), ('infeasible', 'infeasible'), ('failed', 'failed'), ('applied', 'applied'), ('dropped', 'dropped')], default='waiting', max_length=10)),
                ('asked', models.JSONField(default=dict)),
                ('found', models.JSONField(default=dict)),
                ('by', models.CharField(blank=True, help_text='Pseudonym of who asked.', max_length=36)),
                ('says', models.CharField(blank=True, help_text='What is being worked on.', max_length=200)),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignment_plans', to='games.challenge')),
            ],
            options={
                'indexes': [models.Index(fields=['challenge', 'panel', '-id'], name='plans_of_a_panel')],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('state', models.CharField(choices=[('open', 'open'), ('upheld', 'upheld'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='open', max_length=9)),
                ('answer', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.challenge')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='games.group')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='games.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('round', 'challenge', 'group'), name='one_open_appeal'), models.UniqueConstraint(condition=models.Q(('challenge', None), ('state', 'open')), fields=('round', 'group'), name='one_open_appeal_of_a_round')],
            },
        ),
        migrations.CreateModel(
            name='ChallengeScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(max_length=20)),
                ('score', models.CharField(blank=True, help_text='Number text; empty = unscored.', max_length=100)),
                ('values', models.JSONField(default=dict)),
                ('explanation', models.JSONField(default=dict)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='games.challenge')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='games.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'group'), name='score_once')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('elapsed_ms', models.BigIntegerField()),
                ('verdict', models.CharField(blank=True, max_length=20)),
                ('value', models.BigIntegerField(blank=True, null=True)),
                ('answer', models.TextField(blank=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='games.challenge')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='games.group')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'group', 'number'), name='attempt_number_once')],
            },
        ),
        migrations.CreateModel(
            name='PairEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('views', models.PositiveIntegerField(default=0)),
                ('votes', models.PositiveIntegerField(default=0)),
                ('strength', models.FloatField(default=0.0)),
                ('variance', models.FloatField(default=1.0)),
                ('draw', models.PositiveIntegerField(default=0, help_text='A random number: entries seen equally often come in no fixed order.')),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pair_entries', to='games.challenge')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
            ],
            options={
                'indexes': [models.Index(fields=['challenge', 'views', 'draw'], name='least_seen')],
                'constraints': [models.UniqueConstraint(fields=('challenge', 'group'), name='pair_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='PanelAnalysis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('body', models.JSONField(default=dict)),
                ('shown', models.JSONField(blank=True, default=dict, help_text='The body as it was when the round was published last.')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('computed_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='analyses', to='games.challenge')),
            ],
            options={
                'verbose_name_plural': 'panel analyses',
                'constraints': [models.UniqueConstraint(fields=('challenge', 'panel'), name='analysis_once_per_panel')],
            },
        ),
        migrations.CreateModel(
            name='Panelist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('topics', models.JSONField(blank=True, default=list, help_text='What the judge knows well: keys of topics.')),
                ('languages', models.JSONField(blank=True, default=list, help_text='What the judge reads: codes such as en. Empty: any.')),
                ('max_load', models.PositiveIntegerField(blank=True, help_text='Sheets at most; empty: no limit.', null=True)),
                ('chair', models.BooleanField(default=False, help_text='Leads deliberations of this panel.')),
                ('peer', models.BooleanField(default=False, help_text='Judges as a member of a team, on a panel of peers, and nothing else.')),
                ('left_at', models.DateTimeField(blank=True, help_text='Dropped out: gets nothing new.', null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='panelists', to='games.challenge')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'panel', 'person'), name='panelist_once')],
            },
        ),
        migrations.CreateModel(
            name='Deliberation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('open', 'open'), ('closed', 'closed')], default='open', max_length=6)),
                ('why', models.TextField(blank=True)),
                ('tie', models.JSONField(blank=True, default=dict, help_text='The tie at a cut it belongs to: board, to, slots, groups, inside; empty: one entry.')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('outcome', models.TextField(blank=True, help_text='What the chair decided, and why.')),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliberations', to='games.challenge')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('challenge', 'panel', 'group'), name='one_open_deliberation'), models.UniqueConstraint(condition=models.Q(('group', None), ('state', 'open')), fields=('challenge', 'panel'), name='one_open_calibration_talk')],
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('flag', models.TextField(blank=True, help_text='Why somebody should look: too fast, too many from one place.')),
                ('settled_at', models.DateTimeField(blank=True, help_text='An organizer looked, and let it count.', null=True)),
                ('refused_at', models.DateTimeField(blank=True, help_text='An organizer found that it does not count.', null=True)),
                ('reason', models.TextField(blank=True, help_text='Why it was let count, or refused.')),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='games.challenge')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.group')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'panel', 'person', 'group'), name='ballot_once')],
            },
        ),
        migrations.CreateModel(
            name='RankedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('groups', models.JSONField(default=list)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ranked_lists', to='games.challenge')),
                ('judge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.person')),
            ],
        ),
        migrations.CreateModel(
            name='RegistrationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=100)),
                ('name', models.CharField(help_text='As it was named by whoever sent it.', max_length=255)),
                ('file', models.FileField(max_length=200, upload_to='registrations/')),
                ('size', models.BigIntegerField()),
                ('content_type', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='games.registration')),
            ],
        ),
        migrations.CreateModel(
            name='ChangeSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('applied', 'applied'), ('cancelled', 'cancelled')], default='draft', max_length=9)),
                ('preview', models.JSONField(blank=True, default=dict)),
                ('stamp', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('previewed_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_reason', models.TextField(blank=True)),
                ('appeal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='change_sets', to='games.appeal')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='change_sets', to='games.cycle')),
                ('run', models.ForeignKey(blank=True, help_text='What publishes it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.recomputerun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cycle', 'number'), name='change_set_number')],
            },
        ),
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calibration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='anchors', to='games.calibration')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('calibration', 'group'), name='anchor_once')],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('deliberation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='games.deliberation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.person')),
            ],
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(blank=True, max_length=4)),
                ('count', models.PositiveIntegerField(default=1)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, help_text='Taken back: kept, and counts no more.', null=True)),
                ('a', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.group')),
                ('b', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.group')),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='games.challenge')),
                ('judge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.person')),
                ('ranking', models.ForeignKey(blank=True, help_text='The list that implies it.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='games.rankedlist')),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('mark', 'mark'), ('recuse', 'recuse'), ('disqualify', 'disqualify'), ('reinstate', 'reinstate'), ('rule', 'rule')], max_length=10)),
                ('target', models.JSONField(default=dict)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('change_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='games.changeset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('change_set', 'position'), name='change_position')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(default=1, help_text='Several per group and challenge may be allowed.')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'submitted'), ('locked', 'locked'), ('published', 'published'), ('withdrawn', 'withdrawn'), ('disqualified', 'disqualified')], default='draft', max_length=12)),
                ('draft', models.JSONField(blank=True, default=dict)),
                ('draft_note', models.TextField(blank=True, help_text='What we changed and why, for the next version.')),
                ('draft_saved_at', models.DateTimeField(blank=True, null=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='games.challenge')),
                ('draft_by', models.ForeignKey(blank=True, help_text='Who saved the draft last.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='games.group')),
                ('pinned', models.ForeignKey(blank=True, help_text='The version that counts.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'group', 'number'), name='submission_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Idea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Its name in addresses and files, from 1 in each cycle.')),
                ('kind', models.CharField(choices=[('concept', 'concept'), ('how-to', 'how-to'), ('practice-kit', 'practice-kit'), ('failure-story', 'failure-story'), ('tactic', 'tactic'), ('clue', 'clue')], max_length=13)),
                ('title', models.CharField(max_length=200)),
                ('step', models.CharField(blank=True, help_text='Which step of the task, in words.', max_length=100)),
                ('audience', models.CharField(choices=[('own', 'own'), ('organizers', 'organizers'), ('groups', 'groups'), ('teams', 'teams'), ('everybody', 'everybody')], default='organizers', max_length=10)),
                ('licence', models.CharField(blank=True, max_length=100)),
                ('summary', models.TextField(blank=True)),
                ('words', models.TextField(blank=True, help_text='Title and text of the newest version, for search.')),
                ('complete', models.PositiveSmallIntegerField(default=0, help_text='How many of the six parts are told.')),
                ('grade', models.CharField(blank=True, help_text='Evidence: raised by recorded tests elsewhere, and by nothing else.', max_length=1)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_why', models.TextField(blank=True)),
                ('shared_at', models.DateTimeField()),
                ('attempt', models.OneToOneField(blank=True, help_text='The attempt it stands for.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='idea', to='games.attempt')),
                ('challenge', models.ForeignKey(blank=True, help_text='The task it helps with.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='ideas', to='games.challenge')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ideas', to='games.cycle')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='ideas', to='games.group')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='games.idea')),
                ('readers', models.ManyToManyField(blank=True, help_text='Groups it was shared with by name.', related_name='+', to='games.group')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('submission', models.OneToOneField(blank=True, help_text='The entry it stands for.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='idea', to='games.submission')),
            ],
            options={
                'indexes': [models.Index(fields=['cycle', '-shared_at'], name='idea_feed')],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'number'), name='idea_number_once'), models.CheckConstraint(condition=models.Q(('submission__isnull', True), ('attempt__isnull', True), _connector='OR'), name='idea_of_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=100)),
                ('name', models.CharField(help_text='As the entrant named it.', max_length=255)),
                ('file', models.FileField(max_length=200, upload_to='uploads/')),
                ('size', models.BigIntegerField()),
                ('content_type', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='games.submission')),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('data', models.JSONField(default=dict)),
                ('fields', models.JSONField(blank=True, default=dict)),
                ('note', models.TextField(blank=True, help_text='What we changed and why.')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(help_text='Server time.')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='games.submission')),
            ],
            options={
                'ordering': ['submission', 'number'],
                'constraints': [models.UniqueConstraint(fields=('submission', 'number'), name='version_number_once')],
            },
        ),
        migrations.CreateModel(
            name='CreditShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis_points', models.PositiveIntegerField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='games.idea')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('idea', 'group'), name='credit_share_once'), models.CheckConstraint(condition=models.Q(('basis_points__gte', 1), ('basis_points__lte', 10000)), name='credit_share_in_whole')],
            },
        ),
        migrations.CreateModel(
            name='IdeaTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=50)),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='games.idea')),
            ],
            options={
                'indexes': [models.Index(fields=['word'], name='idea_by_tag')],
                'constraints': [models.UniqueConstraint(fields=('idea', 'word'), name='idea_tag_once')],
            },
        ),
        migrations.CreateModel(
            name='IdeaVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('summary', models.TextField(blank=True)),
                ('parts', models.JSONField(blank=True, default=dict)),
                ('note', models.TextField(blank=True, help_text='What changed, and why.')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='games.idea')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
            options={
                'ordering': ['idea', 'number'],
                'constraints': [models.UniqueConstraint(fields=('idea', 'number'), name='idea_version_once')],
            },
        ),
        migrations.CreateModel(
            name='IdeaDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField(blank=True, default=dict)),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group')),
                ('idea', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='games.idea')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idea_drafts', to='games.person')),
            ],
        ),
        migrations.CreateModel(
            name='Derivation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('builds-on', 'builds-on'), ('combines', 'combines'), ('adapts', 'adapts'), ('answers', 'answers'), ('rejects', 'rejects'), ('merges', 'merges'), ('splits', 'splits')], max_length=9)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='led_to', to='games.idea')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='came_from', to='games.idea')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('target', 'source'), name='derivation_once'), models.CheckConstraint(condition=models.Q(('source__lt', models.F('target'))), name='derivation_from_older')],
            },
        ),
        migrations.CreateModel(
            name='ChangeTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Its name in addresses and files, from 1 in each cycle.')),
                ('title', models.CharField(max_length=200)),
                ('prediction', models.TextField(blank=True)),
                ('done', models.TextField(blank=True)),
                ('data', models.TextField(blank=True)),
                ('learned', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('doing', 'doing'), ('studied', 'studied'), ('acted', 'acted')], default='planned', max_length=7)),
                ('act', models.CharField(blank=True, choices=[('adopt', 'adopt'), ('adapt', 'adapt'), ('abandon', 'abandon')], max_length=7)),
                ('began_at', models.DateTimeField(blank=True, null=True)),
                ('acted_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='change_tests', to='games.cycle')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='change_tests', to='games.group')),
                ('idea', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='change_tests', to='games.idea')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('round', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.round')),
            ],
            options={
                'indexes': [models.Index(fields=['idea', 'group', 'acted_at'], name='change_test_of_idea')],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'number'), name='change_test_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'acted'), models.Q(('act', ''), _negated=True)), models.Q(models.Q(('state', 'acted'), _negated=True), ('act', '')), _connector='OR'), name='change_test_acted_says_how')],
            },
        ),
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('assigned', 'assigned'), ('draft', 'draft'), ('final', 'final'), ('recused', 'recused')], default='assigned', max_length=10)),
                ('design_number', models.PositiveIntegerField(default=0)),
                ('comment', models.TextField(blank=True, help_text='Feedback to the entrant.')),
                ('note', models.TextField(blank=True, help_text="The judge's own note, seen by nobody else.")),
                ('reason', models.TextField(blank=True, help_text='Why recused, or why reopened.')),
                ('flag', models.TextField(blank=True, help_text='What the judge asks the organizers to look at.')),
                ('flagged_at', models.DateTimeField(blank=True, null=True)),
                ('flag_answer', models.TextField(blank=True, help_text='What the organizers answered.')),
                ('flag_answered_at', models.DateTimeField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=0, help_text='Counts the saves: a page that saves names the one it started from.')),
                ('assigned_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(blank=True, null=True)),
                ('final_at', models.DateTimeField(blank=True, null=True)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='games.challenge')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='games.group')),
                ('judge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='games.person')),
                ('version', models.ForeignKey(blank=True, help_text='What was judged.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='games.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('challenge', 'group', 'panel', 'judge'), name='sheet_once_per_judge')],
            },
        ),
        migrations.CreateModel(
            name='PastSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('marks', models.JSONField(default=dict)),
                ('comment', models.TextField(blank=True)),
                ('final_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('reason', models.TextField(blank=True)),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past', to='games.sheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'revision'), name='past_sheet_once')],
            },
        ),
        migrations.CreateModel(
            name='MarkReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(blank=True, max_length=100)),
                ('revision', models.PositiveIntegerField(default=0, help_text="The sheet's revision that was looked at.")),
                ('distance', models.IntegerField(help_text='Hundredths of the residual standard deviation.')),
                ('state', models.CharField(choices=[('open', 'open'), ('kept', 'kept'), ('changed', 'changed')], default='open', max_length=8)),
                ('answer', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='games.sheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'criterion', 'revision'), name='review_once_per_revision')],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=100)),
                ('value', models.BigIntegerField(blank=True, null=True)),
                ('state', models.CharField(blank=True, choices=[('absent', 'absent'), ('recused', 'recused')], max_length=8)),
                ('comment', models.TextField(blank=True)),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='games.sheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'criterion'), name='mark_once_per_sheet')],
            },
        ),
        migrations.CreateModel(
            name='FeedbackReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('thanks', 'thanks'), ('question', 'question'), ('answer', 'answer'), ('used', 'used')], max_length=8)),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='games.sheet')),
                ('version', models.ForeignKey(blank=True, help_text='Where it was used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'used'), _negated=True), fields=('sheet', 'kind'), name='reply_once_per_kind')],
            },
        ),
    ])]
