"""Teams and every other kind of group: memberships with capabilities, joining, registration. Before it: cycles. After it: rounds."""
