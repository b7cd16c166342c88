"""Articles to passages, our dataset into the records, and the build with its checks."""
