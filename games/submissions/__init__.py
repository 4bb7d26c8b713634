"""A group's answer, in versions that are never rewritten; attempts and files. Before it: challenges. After it: judging."""
