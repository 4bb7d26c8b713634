
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('games', '0010_ladder'),
        ('leaderboards', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('test', 'test'), ('start', 'start'), ('neither', 'neither')], max_length=7)),
                ('prediction', models.TextField(blank=True, help_text='What is expected when others try it.')),
                ('playbook', models.CharField(blank=True, max_length=120)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Carried',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('points', 'points'), ('handicap', 'handicap'), ('badge', 'badge'), ('commitment', 'commitment')], max_length=10)),
                ('key', models.CharField(blank=True, max_length=100)),
                ('name', models.CharField(blank=True, help_text='What it was called there.', max_length=300)),
                ('was', models.IntegerField(default=0)),
                ('amount', models.IntegerField(default=0)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'carried',
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField(help_text='PDF.')),
                ('digest', models.CharField(help_text='SHA-256 of the content: a file that somebody shows is compared with it.', max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Cheer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, help_text='Its name in addresses.', unique=True)),
                ('source', models.CharField(choices=[('grant', 'grant'), ('badge', 'badge')], max_length=5)),
                ('key', models.CharField(help_text='Key of the award or of the badge in the Design.', max_length=100)),
                ('name', models.CharField(blank=True, help_text='Whom it names, as they wished; empty once they left.', max_length=300)),
                ('title', models.CharField(help_text='What was won.', max_length=300)),
                ('wanted', models.JSONField(blank=True, default=dict, help_text='What was asked for beside the name: with_address.')),
                ('claim', models.JSONField(blank=True, default=dict)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('asked', 'asked'), ('issued', 'issued'), ('revoked', 'revoked')], default='asked', max_length=7)),
                ('token', models.TextField(blank=True, help_text='The signed badge: a compact JWT.')),
                ('status_list', models.PositiveIntegerField(blank=True, help_text='Number of the status list it stands in.', null=True)),
                ('status_index', models.PositiveIntegerField(blank=True, help_text='Its bit there: set once it is taken back.', null=True)),
                ('asked_at', models.DateTimeField()),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, help_text='Why it was taken back: everybody who verifies it reads this.')),
                ('given_up', models.BooleanField(default=False, help_text='Taken back by whoever it names, who may ask for another one.')),
            ],
        ),
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('points', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='credit', serialize=False, to='games.points')),
                ('exact', models.CharField(help_text='What came to the receiver before rounding and caps, as a fraction.', max_length=80)),
                ('uncapped', models.PositiveIntegerField(help_text='Whole points before caps.')),
            ],
            options={
                'verbose_name_plural': 'credit',
            },
        ),
        migrations.CreateModel(
            name='CreditLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depth', models.PositiveSmallIntegerField(help_text='Steps that count between the two, the nearest way.')),
                ('exact', models.CharField(help_text='A fraction.', max_length=80)),
                ('ways', models.JSONField(default=list, help_text='Ideas between the newer one and this, way by way: lists of ids, newest first.')),
            ],
        ),
        migrations.CreateModel(
            name='EarnedBadge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('badge', models.CharField(max_length=100)),
                ('reached', models.IntegerField(default=1, help_text='How far it went at that moment: acts, days, partners, points, ...')),
                ('design_number', models.PositiveIntegerField()),
                ('seal', models.BigIntegerField(help_text='The journal entry that earned it; below zero: brought in with a bundle.')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('thanks', 'thanks'), ('cheer', 'cheer'), ('helped', 'helped'), ('built', 'built'), ('adopted', 'adopted')], max_length=8)),
                ('count', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='GoalReached',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goal', models.CharField(max_length=100)),
                ('groups', models.PositiveIntegerField(help_text='How many groups were credited.')),
                ('seal', models.BigIntegerField(help_text='The journal entry that reached it; below zero: brought in with a bundle.')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'goals reached',
            },
        ),
        migrations.CreateModel(
            name='GrantPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('award', models.CharField(max_length=100)),
                ('place', models.CharField(blank=True, help_text='Which it keeps.', max_length=20)),
                ('why', models.CharField(choices=[('has', 'has'), ('declined', 'declined')], max_length=8)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='GrantSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='GroupWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(help_text='Its Monday.')),
                ('acts', models.PositiveIntegerField(default=0, help_text='Acts that count for the streak.')),
                ('early', models.PositiveIntegerField(default=0, help_text='Those of them in time to make good the week before.')),
                ('points', models.IntegerField(default=0, help_text='Points given in that week, less what was taken back.')),
                ('brought_acts', models.PositiveIntegerField(default=0, help_text='Of these, brought in with a bundle.')),
                ('brought_early', models.PositiveIntegerField(default=0)),
                ('brought_points', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='LearningWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(help_text='Its Monday.')),
                ('acts', models.PositiveIntegerField(default=0, help_text='Everything its members did.')),
                ('tests', models.PositiveIntegerField(default=0, help_text='Tests of change it finished.')),
                ('adoptions', models.PositiveIntegerField(default=0, help_text='Ideas of others that it adopted or built upon.')),
            ],
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Its name in addresses, from 1.')),
                ('section', models.CharField(max_length=20)),
                ('code', models.CharField(max_length=40)),
                ('about', models.CharField(blank=True, help_text='The round, rule or suggestion it is about.', max_length=100)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('change', models.JSONField(blank=True, default=list)),
                ('state', models.CharField(choices=[('open', 'open'), ('taken', 'taken'), ('left', 'left')], default='open', max_length=5)),
                ('reason', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='QuestFinished',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quest', models.CharField(max_length=100)),
                ('seal', models.BigIntegerField(help_text='The journal entry that finished it; below zero: brought in with a bundle.')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'quests finished',
            },
        ),
        migrations.CreateModel(
            name='Retrospective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('wanted', 'wanted'), ('ready', 'ready'), ('failed', 'failed')], default='wanted', max_length=6)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('design_number', models.PositiveIntegerField(default=0, help_text='The version of the rules it was written under.')),
                ('seal', models.BigIntegerField(default=0, help_text='How far the journal had come.')),
                ('asked_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('held_until', models.DateTimeField(blank=True, help_text='A worker writes it, at most until then.', null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RetroWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'words',
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kid', models.CharField(help_text='RFC 7638 thumbprint of the public key.', max_length=43, unique=True)),
                ('public', models.CharField(help_text='The Ed25519 public key, base64url: `x` of its JWK.', max_length=43)),
                ('since', models.DateTimeField(help_text='First signed with.')),
                ('until', models.DateTimeField(blank=True, help_text='Replaced by another one; what it signed stays valid.', null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='Stolen or lost: nothing that it signed is believed any more.', null=True)),
                ('reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='What is counted, as badge:KEY, quest:KEY:STEP or goal:KEY.', max_length=230)),
                ('number', models.IntegerField(default=0)),
                ('brought', models.IntegerField(default=0, help_text='How much of it was brought in with a bundle: no journal tells of it here.')),
                ('since', models.DateTimeField(help_text='The first act counted.')),
                ('last_at', models.DateTimeField(help_text='The last act counted.')),
            ],
            options={
                'verbose_name_plural': 'tallies',
            },
        ),
        migrations.CreateModel(
            name='TallyMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='WatchFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Its name in addresses, from 1 in each cycle.')),
                ('kind', models.CharField(choices=[('pair', 'pair'), ('ring', 'ring'), ('motion', 'motion')], max_length=6)),
                ('key', models.CharField(help_text='What it is about: group ids, or a group and a week.', max_length=120)),
                ('facts', models.JSONField(default=dict, help_text='The numbers behind it.')),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(help_text='When it was last found.')),
                ('state', models.CharField(choices=[('open', 'open'), ('dismissed', 'dismissed'), ('acted', 'acted')], default='open', max_length=9)),
                ('reason', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Win',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first_test', 'first_test'), ('test_weeks', 'test_weeks'), ('back_again', 'back_again'), ('personal_best', 'personal_best'), ('best_place', 'best_place'), ('comeback', 'comeback'), ('built_upon', 'built_upon'), ('adopted', 'adopted')], max_length=13)),
                ('key', models.CharField(help_text='What makes it once for its group.', max_length=230)),
                ('seal', models.BigIntegerField(help_text='The journal entry that tells it; below zero: brought in with a bundle.')),
                ('at', models.DateTimeField()),
                ('reached', models.BigIntegerField(blank=True, help_text='Weeks, days, place or measured value, as the kind says.', null=True)),
                ('before', models.BigIntegerField(blank=True, help_text='What it was until then.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='WinProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(help_text='tests, board:KEY or task:ROUND/CHALLENGE.', max_length=210)),
                ('state', models.JSONField(default=dict)),
                ('base', models.JSONField(default=dict)),
                ('mark', models.CharField(blank=True, help_text='The last publication: the rounds it was about.', max_length=200)),
            ],
            options={
                'verbose_name_plural': 'win progress',
            },
        ),
        migrations.RemoveConstraint(
            model_name='points',
            name='points_once_per_act',
        ),
        migrations.AddField(
            model_name='grant',
            name='proof_file',
            field=models.FileField(blank=True, help_text='For the group, organizers and sponsors.', max_length=200, upload_to='proofs/'),
        ),
        migrations.AddField(
            model_name='grant',
            name='proof_name',
            field=models.CharField(blank=True, help_text='As the file was named by whoever sent it.', max_length=255),
        ),
        migrations.AddField(
            model_name='grant',
            name='sessions',
            field=models.PositiveSmallIntegerField(default=0, help_text='Coaching: how many sessions with experts it is worth.'),
        ),
        migrations.AddField(
            model_name='points',
            name='day',
            field=models.DateField(blank=True, help_text="Whose caps it counts for: a day of the cycle's time zone.", null=True),
        ),
        migrations.AddField(
            model_name='points',
            name='partner',
            field=models.BigIntegerField(blank=True, help_text='Id of the other team of the act: who was helped, who took it up.', null=True),
        ),
        migrations.AddField(
            model_name='points',
            name='repeats',
            field=models.PositiveIntegerField(default=0, help_text='How often the same partner had counted for this rule before.'),
        ),
        migrations.AddField(
            model_name='pointscursor',
            name='preview_at',
            field=models.DateTimeField(blank=True, help_text='When it was asked for.', null=True),
        ),
        migrations.AddField(
            model_name='pointscursor',
            name='preview_held_until',
            field=models.DateTimeField(blank=True, help_text='A worker reads for it until then.', null=True),
        ),
        migrations.AddField(
            model_name='pointscursor',
            name='preview_rules',
            field=models.JSONField(blank=True, help_text='Rules on trial, which no Design has yet. Empty: those of preview_design.', null=True),
        ),
        migrations.AddField(
            model_name='pointscursor',
            name='preview_until',
            field=models.BigIntegerField(default=0, help_text='How far the shown points had read when the preview was asked for: progress.'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='kind',
            field=models.CharField(choices=[('advance', 'advance'), ('stop', 'stop'), ('withdraw', 'withdraw'), ('disqualify', 'disqualify'), ('equal', 'equal'), ('break', 'break'), ('award', 'award'), ('forgo', 'forgo'), ('launch', 'launch'), ('amend', 'amend'), ('state', 'state'), ('gate', 'gate'), ('extend', 'extend'), ('reopen', 'reopen'), ('publish', 'publish'), ('waive', 'waive'), ('override', 'override'), ('role', 'role'), ('break_glass', 'break_glass'), ('deliberate', 'deliberate'), ('change_set', 'change_set'), ('appeal', 'appeal'), ('adopt', 'adopt')], max_length=12),
        ),
        migrations.AlterField(
            model_name='notice',
            name='topic',
            field=models.CharField(choices=[('invitation', 'invitation'), ('deadline', 'deadline'), ('assigned', 'assigned'), ('feedback', 'feedback'), ('published', 'published'), ('advanced', 'advanced'), ('award', 'award'), ('team', 'team'), ('talk', 'talk'), ('news', 'news'), ('wins', 'wins')], max_length=12),
        ),
        migrations.AlterField(
            model_name='noticewish',
            name='topic',
            field=models.CharField(choices=[('invitation', 'invitation'), ('deadline', 'deadline'), ('assigned', 'assigned'), ('feedback', 'feedback'), ('published', 'published'), ('advanced', 'advanced'), ('award', 'award'), ('team', 'team'), ('talk', 'talk'), ('news', 'news'), ('wins', 'wins')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='points',
            constraint=models.UniqueConstraint(condition=models.Q(('partner__isnull', True), ('reverses__isnull', True)), fields=('cycle', 'generation', 'seal', 'rule', 'group'), name='points_once_per_act'),
        ),
        migrations.AddConstraint(
            model_name='points',
            constraint=models.UniqueConstraint(condition=models.Q(('partner__isnull', False), ('reverses__isnull', True)), fields=('cycle', 'generation', 'seal', 'rule', 'group', 'partner'), name='points_once_per_partner'),
        ),
        migrations.AddConstraint(
            model_name='points',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('reverses',), name='points_taken_back_once'),
        ),
        migrations.AddField(
            model_name='adoption',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='adoption',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adoptions', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='adoption',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.decision'),
        ),
        migrations.AddField(
            model_name='adoption',
            name='draft',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='adoption',
            name='idea',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adoptions', to='games.idea'),
        ),
        migrations.AddField(
            model_name='carried',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='carried', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='carried',
            name='group',
            field=models.ForeignKey(help_text='The team in the new cycle.', on_delete=django.db.models.deletion.CASCADE, related_name='carried', to='games.group'),
        ),
        migrations.AddField(
            model_name='carried',
            name='test',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.changetest'),
        ),
        migrations.AddField(
            model_name='cheer',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='cheer',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cheers', to='games.person'),
        ),
        migrations.AddField(
            model_name='credential',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='credential',
            name='grant',
            field=models.ForeignKey(blank=True, help_text='The award it rests on.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='credentials', to='games.grant'),
        ),
        migrations.AddField(
            model_name='credential',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to='games.group'),
        ),
        migrations.AddField(
            model_name='credential',
            name='person',
            field=models.ForeignKey(blank=True, help_text="A member who asked for one of their own. Empty: it is the group's.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to='games.person'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='credential',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='certificate', to='games.credential'),
        ),
        migrations.AddField(
            model_name='credit',
            name='award',
            field=models.ForeignKey(help_text='The award whose worth flowed on.', on_delete=django.db.models.deletion.CASCADE, related_name='minted', to='games.points'),
        ),
        migrations.AddField(
            model_name='credit',
            name='of',
            field=models.ForeignKey(blank=True, help_text='The newer idea, if it was about one.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.idea'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='credit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='games.credit'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='came_back', to='games.idea'),
        ),
        migrations.AddField(
            model_name='earnedbadge',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='badges_earned', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='earnedbadge',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='badges_earned', to='games.group'),
        ),
        migrations.AddField(
            model_name='earnedbadge',
            name='person',
            field=models.ForeignKey(blank=True, help_text='Only for badges of persons.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.person'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='receiver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='goalreached',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='grantpass',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grant_passes', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='grantpass',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grant_passes', to='games.group'),
        ),
        migrations.AddField(
            model_name='grantsession',
            name='booking',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='prize', to='games.booking'),
        ),
        migrations.AddField(
            model_name='grantsession',
            name='grant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='booked', to='games.grant'),
        ),
        migrations.AddField(
            model_name='groupweek',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='groupweek',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='learningweek',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='learningweek',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='questfinished',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='questfinished',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='retrospective',
            name='cycle',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='retrospective', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='retrospective',
            name='next_draft',
            field=models.ForeignKey(blank=True, help_text='The cycle begun from it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='retrospective',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='games.retrospective'),
        ),
        migrations.AddField(
            model_name='retrowords',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='retrowords',
            name='retrospective',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='games.retrospective'),
        ),
        migrations.AddField(
            model_name='credential',
            name='signed_with',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to='games.signingkey'),
        ),
        migrations.AddField(
            model_name='tally',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='tally',
            name='group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='tally',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.person'),
        ),
        migrations.AddField(
            model_name='tallymark',
            name='tally',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='games.tally'),
        ),
        migrations.AddField(
            model_name='watchflag',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.person'),
        ),
        migrations.AddField(
            model_name='watchflag',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watch_flags', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='watchflag',
            name='groups',
            field=models.ManyToManyField(help_text='The teams it is about.', related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='win',
            name='attempt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.attempt'),
        ),
        migrations.AddField(
            model_name='win',
            name='board',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leaderboards.board'),
        ),
        migrations.AddField(
            model_name='win',
            name='built',
            field=models.ForeignKey(blank=True, help_text='The idea that builds on it.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.idea'),
        ),
        migrations.AddField(
            model_name='win',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wins', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='win',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wins', to='games.group'),
        ),
        migrations.AddField(
            model_name='win',
            name='idea',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.idea'),
        ),
        migrations.AddField(
            model_name='win',
            name='partner',
            field=models.ForeignKey(blank=True, help_text='Who adopted it or built on it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='games.group'),
        ),
        migrations.AddField(
            model_name='win',
            name='test',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.changetest'),
        ),
        migrations.AddField(
            model_name='cheer',
            name='win',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cheers', to='games.win'),
        ),
        migrations.AddField(
            model_name='winprogress',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.cycle'),
        ),
        migrations.AddField(
            model_name='winprogress',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='games.group'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.UniqueConstraint(fields=('idea',), name='adoption_once'),
        ),
        migrations.AddConstraint(
            model_name='carried',
            constraint=models.UniqueConstraint(fields=('group', 'kind', 'key'), name='carried_once'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['digest'], name='certificate_by_digest'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.UniqueConstraint(fields=('credit', 'to'), name='credit_line_once'),
        ),
        migrations.AddIndex(
            model_name='earnedbadge',
            index=models.Index(fields=['cycle', 'at'], name='badges_by_time'),
        ),
        migrations.AddConstraint(
            model_name='earnedbadge',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', True)), fields=('cycle', 'badge', 'group'), name='badge_once_per_group'),
        ),
        migrations.AddConstraint(
            model_name='earnedbadge',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('cycle', 'badge', 'person'), name='badge_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.UniqueConstraint(fields=('cycle', 'giver', 'receiver', 'kind'), name='exchange_once'),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('receiver')), _negated=True), name='exchange_between_two'),
        ),
        migrations.AddConstraint(
            model_name='goalreached',
            constraint=models.UniqueConstraint(fields=('cycle', 'goal'), name='goal_once'),
        ),
        migrations.AddConstraint(
            model_name='grantpass',
            constraint=models.UniqueConstraint(fields=('cycle', 'award', 'group'), name='award_passes_a_group_once'),
        ),
        migrations.AddConstraint(
            model_name='groupweek',
            constraint=models.UniqueConstraint(fields=('cycle', 'group', 'week'), name='group_week_once'),
        ),
        migrations.AddConstraint(
            model_name='learningweek',
            constraint=models.UniqueConstraint(fields=('cycle', 'group', 'week'), name='learning_week_once'),
        ),
        migrations.AddConstraint(
            model_name='questfinished',
            constraint=models.UniqueConstraint(fields=('cycle', 'quest', 'group'), name='quest_once'),
        ),
        migrations.AddIndex(
            model_name='retrospective',
            index=models.Index(fields=['state', 'held_until'], name='retrospectives_to_write'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('retrospective', 'number'), name='proposal_number_once'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('retrospective', 'code', 'about'), name='proposal_once'),
        ),
        migrations.AddConstraint(
            model_name='retrowords',
            constraint=models.UniqueConstraint(fields=('retrospective', 'section'), name='retro_words_once'),
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(fields=['cycle', 'group'], name='credentials_of_group'),
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(fields=['state', 'asked_at'], name='credentials_waiting'),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', True), ('state__in', ['asked', 'issued'])), fields=('cycle', 'source', 'key', 'group'), name='credential_of_group_once'),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('state__in', ['asked', 'issued'])), fields=('cycle', 'source', 'key', 'group', 'person'), name='credential_of_person_once'),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_index'), name='credential_bit_once'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', True)), fields=('cycle', 'key', 'group'), name='tally_once_per_group'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('cycle', 'key', 'person'), name='tally_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='tallymark',
            constraint=models.UniqueConstraint(fields=('tally', 'value'), name='tally_mark_once'),
        ),
        migrations.AddIndex(
            model_name='watchflag',
            index=models.Index(fields=['cycle', 'state'], name='watch_flags_of_cycle'),
        ),
        migrations.AddConstraint(
            model_name='watchflag',
            constraint=models.UniqueConstraint(fields=('cycle', 'number'), name='watch_flag_number_once'),
        ),
        migrations.AddConstraint(
            model_name='watchflag',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('cycle', 'kind', 'key'), name='one_open_watch_flag'),
        ),
        migrations.AddIndex(
            model_name='win',
            index=models.Index(fields=['cycle', '-at'], name='wins_of_cycle'),
        ),
        migrations.AddIndex(
            model_name='win',
            index=models.Index(fields=['group', '-at'], name='wins_of_group'),
        ),
        migrations.AddConstraint(
            model_name='win',
            constraint=models.UniqueConstraint(fields=('cycle', 'group', 'kind', 'key'), name='win_once'),
        ),
        migrations.AddConstraint(
            model_name='cheer',
            constraint=models.UniqueConstraint(fields=('win', 'person'), name='cheer_win_once'),
        ),
        migrations.AddConstraint(
            model_name='winprogress',
            constraint=models.UniqueConstraint(fields=('cycle', 'group', 'what'), name='win_progress_once'),
        ),
    ]
