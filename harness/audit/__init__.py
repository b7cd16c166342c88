"""Probes of a dataset: what gives its labels away, what stands in two splits, which evidence could not be had at the time."""
