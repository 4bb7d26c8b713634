from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0012_proof"),
    ]

    operations = [
        migrations.AddField(
            model_name="pointscursor",
            name="kept",
            field=models.TextField(
                blank=True, default="", help_text="Rows of earlier generations that count in this one, as lines generation:rule."
            ),
        ),
        migrations.AddField(
            model_name="pointscursor",
            name="steady",
            field=models.JSONField(
                blank=True, default=dict, help_text="Rules under which all of the journal was read, as {key: how it reads}."
            ),
        ),
        migrations.AddField(
            model_name="pointscursor",
            name="preview_kept",
            field=models.TextField(blank=True, default="", help_text="The same as `kept`, of the preview."),
        ),
    ]
