"""Results over the API: boards with their rows, snapshots, scores with their explanation, runs, official results."""
