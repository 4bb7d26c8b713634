"""What Ludus does beside what the machine could do: rows of `./run bench`, each with its limit probe in the same run."""
