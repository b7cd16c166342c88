"""Instructions planted in claims and passages: how many verdicts does a system let them change?"""
