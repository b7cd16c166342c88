"""A comparison as HTML and as Markdown."""
