"""Journal becomes points; standings become grants. Before it: results. After it: progression."""
