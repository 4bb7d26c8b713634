"""Office hours over the API."""
