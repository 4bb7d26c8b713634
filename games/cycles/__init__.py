"""Series, cycles, their numbered Designs and decisions. Before: playbooks and people. After: groups, rounds."""
