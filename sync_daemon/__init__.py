"""invoiced-sync: an exact, fresh copy of an Invoiced account in your own Postgres."""

__version__ = "0.1.0"
