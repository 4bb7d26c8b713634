"""Who judges what, sheets, marks, votes. Before it: submissions. After it: results."""
