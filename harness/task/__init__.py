"""What is asked: a task makes questions, gold and groups from the dataset."""
