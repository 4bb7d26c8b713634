"""``python -m backend.cli``, which is what ``./run`` calls."""

from backend.cli.app import main

if __name__ == "__main__":
    main()
