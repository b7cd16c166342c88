"""Our dataset for others: what is published, what it may hold, where it goes, and how it is read back."""
