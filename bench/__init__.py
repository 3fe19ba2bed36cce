"""`make bench`: the program against COPY, the account's ceiling and its peers, in one run on one machine, as ratios."""
