"""Write the JSON Schema of the Design: python -m games.playbooks.schema docs/bundle.schema.json."""

import json
import sys
from pathlib import Path

from games.playbooks.schema import json_schema

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
