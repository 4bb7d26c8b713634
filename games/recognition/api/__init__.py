"""Recognition over the API: what was won and how it is given, points with their rules and totals."""
