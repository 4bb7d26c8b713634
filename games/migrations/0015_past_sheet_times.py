"""When a final sheet was opened again is told by the database's clock, like every other time: Django alone is told, no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('games', '0014_one_index_each'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='pastsheet',
                    name='opened_at',
                    field=models.DateTimeField(help_text='Until when this was what counted.'),
                ),
            ],
        ),
    ]
