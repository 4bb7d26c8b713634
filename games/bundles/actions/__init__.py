"""Writes of bundles: a whole cycle in, a whole cycle out."""

from games.bundles.actions.exporting import export_cycle, export_files, export_series
from games.bundles.actions.importing import import_bundle, import_path, import_read
from games.bundles.actions.ready import public_zip

__all__ = ["export_cycle", "export_files", "export_series", "import_bundle", "import_path", "import_read", "public_zip"]
