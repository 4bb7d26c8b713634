"""What was measured and tried, over the API."""
