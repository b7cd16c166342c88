"""Other harnesses: our questions as tasks of theirs, their logs as runs of ours, and our scores in the formats of results boards."""
