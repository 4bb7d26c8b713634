"""The command line: ``./run COMMAND``. Each group of commands has its own file and imports Django only when it runs."""
