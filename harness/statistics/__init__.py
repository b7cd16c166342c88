"""Intervals, paired tests and corrections, with the cluster as the unit."""
