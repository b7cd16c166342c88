"""Votes of annotators: how far they agree, each one against the others, and one label out of many votes."""
