"""The Django project: settings, urls, the command line and the services that the house brings along."""

__version__ = "0.1.0"
