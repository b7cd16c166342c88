"""Log-probabilities of labels, read from the forms in which servers of OpenAI's API list the likeliest tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from harness.client import ClientError, UnscoredError


def label_scores(choice: Mapping[str, Any], labels: Sequence[str]) -> dict[str, float]:
    """The log-probability of each label as the first token: of "A" and " A" the likelier; raises ClientError, and UnscoredError where one is missing."""
    given = choice.get("logprobs")
    listed: dict[str, float] = {}
    try:
        if given and given.get("content"):
            for token in given["content"][0]["top_logprobs"]:  # the likeliest first
                listed.setdefault(token["token"].strip(), token["logprob"])
        elif given and given.get("top_logprobs"):
            for token, value in sorted(given["top_logprobs"][0].items(), key=lambda pair: -pair[1]):
                listed.setdefault(token.strip(), value)
    except (LookupError, TypeError, AttributeError) as error:
        raise ClientError(f"the log-probabilities have another form than OpenAI's ({type(error).__name__})") from error
    if not listed:
        raise ClientError("the server gave no log-probabilities: it ignores logprobs, so use answer=json")
    if missing := [label for label in labels if label not in listed or not _is_number(listed[label])]:
        raise UnscoredError(
            f"the labels {', '.join(missing)} are not among the {len(listed)} likeliest tokens; none is made up"
        )
    return {label: listed[label] for label in labels}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
