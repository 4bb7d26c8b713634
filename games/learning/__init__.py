"""What was tried and what was measured: tests of change, observations. Before it: ideas. After it: judging."""
