"""The desk's points: the rules in words, others tried on the real journal, and swapped."""
