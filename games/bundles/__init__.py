"""A whole cycle in and out of files: `cycle.toml` and CSV tables, read with every fault named at once. All slices come before, notices after."""
