"""Metrics as sums of rows, one a file."""
