"""`make bench`: ratios of the program to COPY, the account's ceiling and its peers, in one run on one machine."""
