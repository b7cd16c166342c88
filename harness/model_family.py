"""Which family a language model is of, as its name tells: models of one family learnt from the same data and err alike.

    families("anthropic/claude-sonnet-4") == {"Claude"}

A name may tell several (a model distilled from another), or none: then nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# The family, and words that begin a part of its models' names; a word of letters alone, so that "claude3" is one too.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "Claude": ("claude", "anthropic"),
    "GPT": ("gpt", "chatgpt", "openai", "davinci", "codex"),
    "Gemini and Gemma": ("gemini", "gemma"),
    "Llama": ("llama", "codellama", "vicuna", "alpaca"),
    "Qwen": ("qwen", "qwq"),
    "Mistral": ("mistral", "mixtral", "ministral", "magistral", "codestral"),
    "DeepSeek": ("deepseek",),
    "Phi": ("phi",),
    "Grok": ("grok",),
    "Command": ("command", "cohere", "aya"),
    "SmolLM": ("smollm",),
    "OLMo": ("olmo", "tulu"),
    "Granite": ("granite",),
    "GLM": ("glm", "chatglm"),
    "Kimi": ("kimi", "moonshot"),
    "Nova": ("nova",),
    "Yi": ("yi",),
    "Falcon": ("falcon",),
}
OPENAI_O = re.compile(r"(?:^|/)o[134](?:-|$)")  # o1, o3-mini: one letter, so it must stand alone
# A folder of a format or a maker's name before the model's own tells another family than the model's.
NOT_TOLD = re.compile(r"llama[._-]?cpp|meta-llama/(?!.*llama)", re.IGNORECASE)


def families(name: str) -> frozenset[str]:
    """The families that a model's name tells; empty for a name that tells none."""
    plain = NOT_TOLD.sub("", name).lower()
    words = set(re.findall(r"[a-z]+", plain))
    found = {family for family, starts in FAMILIES.items() if words & set(starts)}
    return frozenset(found | ({"GPT"} if OPENAI_O.search(plain) else set()))


def models(config: Any) -> Iterator[str]:
    """The names of the models below a resolved configuration: what its clients are given as `model`."""
    if isinstance(config, Mapping):
        if str(config.get("_target_", "")).startswith("harness.client."):
            model = config.get("model")
            name = model.get("file") if isinstance(model, Mapping) else model
            if name:
                yield str(name).rpartition("/")[2] if str(name).endswith(".gguf") else str(name)
        for child in config.values():
            yield from models(child)
    elif isinstance(config, list | tuple):
        for child in config:
            yield from models(child)
