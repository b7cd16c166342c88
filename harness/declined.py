"""Whether an answer declines: it abstains ("I do not know"), or it refuses the request ("I can't help with that").

    declined("I'm sorry, but I can't assist with that.", labels) is Outcome.REFUSED

Only what opens with known words counts, and only where no label stands anywhere in it: "I cannot say that it is refuted" may mean
anything. "Not enough evidence" in other words is no abstention, since that is a label's business. All else is `None`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.label import Outcome

LONGEST = 1000  # A refusal may have a paragraph of reasons; what is longer is an essay, and nobody knows what it says.
APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'"})
SORRY = r"(?:(?:i'?m|i am|we are)?\s*(?:very |so |really )?(?:sorry|afraid|apologi[sz]e)|(?:my )?apologies|unfortunately)[,.;:!]?\s*(?:but |that )?"
AS_AN_AI = r"as an? (?:ai|artificial intelligence)\b[^,.]{0,60},?\s*"
UNABLE = r"(?:i|we) (?:can't|cannot|can not|won't|will not|am unable to|am not able to|must decline to|have to decline to|am not (?:allowed|permitted) to)"
DEED = r"(?:help|assist|comply|fulfil|provide (?!(?:any |enough |sufficient )?evidence)|engage|create|generate|continue|process|discuss|respond to (?:this|that|your))"
REFUSALS = (
    rf"(?:{SORRY})?(?:{AS_AN_AI})?{UNABLE} {DEED}",
    rf"(?:{AS_AN_AI})?(?:{SORRY}){UNABLE} do (?:that|this|so)",
    r"(?:this|that|your|the) (?:request|content|prompt) (?:violates|goes against|is against|is not allowed)",
    r"(?:es )?tut mir leid, (?:aber |doch )?(?:ich|das|dabei|bei)[^.]* nicht",  # German
    r"(?:je suis )?d[ée]sol[ée]e?,? (?:mais )?je ne (?:peux|suis) pas",  # French
    r"lo siento,? (?:pero )?no puedo",  # Spanish
    r"mi dispiace,? (?:ma )?non posso",  # Italian
    r"(?:desculpe|sinto muito|lamento),? (?:mas )?(?:eu )?n[ãa]o posso",  # Portuguese
    r"(?:извините|простите|к сожалению|прошу прощения)[^.]* не (?:могу|буду)",  # Russian
    r"(?:вибачте|перепрошую|на жаль)[^.]* не можу",  # Ukrainian
    r"(?:很?抱歉|对不起|對不起)[^。]*(?:无法|無法|不能)",  # Chinese
    r"申し訳(?:ありません|ございません)",  # Japanese
    r"죄송(?:합니다|하지만)",  # Korean
)
ABSTENTIONS = (
    r"(?:i )?abstain(?:ed)?[.!]?$",
    r"(?:no answer|no verdict|no comment)[.!]?$",
    r"i (?:honestly |really |simply )?(?:don't|do not) know\b",
    rf"(?:{SORRY})?(?:{AS_AN_AI})?i (?:won't|will not|would rather not|'d rather not|prefer not to|decline to|choose not to|refrain from) "
    r"(?:answer|say|judge|decide|giv|mak|tak|pass)",
    rf"(?:{SORRY})?(?:{AS_AN_AI})?i (?:can't|cannot|can not|am unable to|am not able to) (?:answer|decide|judge|tell|give (?:a|you a) (?:verdict|answer))",
    r"i'd rather not (?:answer|say|judge|decide)",
    r"i(?:'m| am) (?:not sure|unsure)\b",
    r"ich wei(?:ß|ss) es nicht",  # German
    r"je ne sais pas",  # French
    r"no lo s[ée]\b",  # Spanish
    r"(?:я )?не знаю\b",  # Russian, Ukrainian
    r"我不知道",  # Chinese
)
REFUSES = re.compile("|".join(REFUSALS), re.IGNORECASE)
ABSTAINS = re.compile("|".join(ABSTENTIONS), re.IGNORECASE)


def declined(text: str, labels: Sequence[str]) -> Outcome | None:
    """ABSTAINED, REFUSED, or `None` where the text is neither for certain."""
    words = text.strip().translate(APOSTROPHES).lstrip("\"'*_ ")
    spoken = words.lower().replace("_", " ").replace("-", " ")
    if len(words) > LONGEST or any(label.lower().replace("_", " ").replace("-", " ") in spoken for label in labels):
        return None
    if REFUSES.match(words):
        return Outcome.REFUSED
    return Outcome.ABSTAINED if ABSTAINS.match(words) else None
