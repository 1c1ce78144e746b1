"""Text of strangers as it may stand before a language model: data, without anything that could pass for orders."""

import re
import unicodedata

from voxhall.text.prose import sentences

_HIDDEN = {"Cf", "Cc", "Co", "Cs"}
"""Kinds of characters that people do not see: tags, zero-width and direction marks, controls, private use."""
_ROLES = re.compile(
    r"<\|[^|<>]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?(?:s|system|user|assistant|human|source|sources|instructions?)\b[^>]{0,80}>"
    r"|^\s{0,4}#{0,4}\s*(?:system|assistant|user|human|developer)\s*(?:message|prompt)?\s*:\s*",
    re.IGNORECASE | re.MULTILINE,
)
"""How chat templates and prompts mark who speaks."""
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|all|any|your|the)\b"
    r".{0,40}\b(?:instructions?|prompts?|rules?|directions?|guidelines?|messages?|context|text|sources?)\b"
    r"|\b(?:system|hidden|initial|developer)\s+(?:prompt|message|instructions?)\b"
    r"|\byou\s+(?:are|act\s+as)\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:ai\b|assistant|language\s+model|chatbot|dan\b)"
    r"|\b(?:as|dear|hey|attention|note\s+to)\s*[,:]?\s*(?:an?\s+|the\s+|all\s+)?(?:ai|llms?|language\s+models?|assistants?|chatbots?)\b"
    r"|\b(?:new|updated|important|secret)\s+instructions?\s*(?::|for\s+(?:the\s+)?(?:ai|assistant|model))"
    r"|\b(?:your|the)\s+(?:entire\s+)?(?:answer|response|reply|output)\s+(?:must|should|has\s+to|shall)\b"
    r"|\b(?:respond|reply|answer|say|output|print|write|repeat)\s+(?:only|exactly|nothing\s+but|with\s+only|the\s+following)\b"
    r"|\bfrom\s+now\s+on\b.{0,40}\byou\b|\bdo\s+not\s+(?:tell|reveal|mention)\b.{0,40}\b(?:user|anyone|instructions?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Sentences that speak to whoever answers, rather than to readers."""


def neutral(text: str) -> str:
    """Give a text without hidden characters, marks of chat templates, and sentences that give orders to a model.

    It errs on the side of leaving out: a page about such orders loses the sentences that quote them. What this
    misses still faces that every sentence of an answer is checked against its sources.
    """
    seen = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if letter in "\n\t" or unicodedata.category(letter) not in _HIDDEN
    )
    marked = _ROLES.sub(" ", seen)
    # once more over what stood around what was removed: <|im_<|x|>start|>
    marked = _ROLES.sub(" ", marked)
    kept = (sentence for sentence in sentences(marked, "") if not _ORDERS.search(sentence))
    return "".join(kept).strip()
