"""What the tables, views and functions of the mirror answer about the books."""
