"""veristance: a labelled dataset of news claims, and the harness that scores fact-checkers on it.

Each command is a shell over a function of the same name, to be imported in a notebook:
`harness.evaluate.evaluate`, `harness.compare.compare`, `harness.dataset.build.build`.
"""

__version__ = "0.1.0"
