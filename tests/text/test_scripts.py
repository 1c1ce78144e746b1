"""A text in several scripts is cut into pieces of one language."""

import pytest

from voxhall.text.scripts import Run, runs


def languages(text: str, language: str) -> list[tuple[str, str]]:
    """Give the pieces as pairs, without the spaces around them."""
    return [(run.text.strip(), run.language) for run in runs(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "pieces"),
    [
        ("All in English, 5 of 5.", "en", [("All in English, 5 of 5.", "en")]),
        ("He said ሰላም ነው። Then left.", "en", [("He said", "en"), ("ሰላም ነው።", "am"), ("Then left.", "en")]),
        ("It is ናይ ኤርትራ ቐን here", "en", [("It is", "en"), ("ናይ ኤርትራ ቐን", "ti"), ("here", "en")]),
        ("ሰላም OK ነው", "am", [("ሰላም", "am"), ("OK", "en"), ("ነው", "am")]),
        ("ሰላም ኣብ", "ti", [("ሰላም ኣብ", "ti")]),
        ("Say привет!", "en", [("Say", "en"), ("привет!", "ru")]),
        ("Say привіт", "en", [("Say", "en"), ("привіт", "uk")]),
        ("здравей", "bg", [("здравей", "bg")]),
        ("Say مرحبا", "en", [("Say", "en"), ("مرحبا", "ar")]),
        ("Say چطوری", "en", [("Say", "en"), ("چطوری", "fa")]),
        ("Say שלום", "fr", [("Say", "fr"), ("שלום", "he")]),
        ("Say καλημέρα", "en", [("Say", "en"), ("καλημέρα", "el")]),
        ("Say नमस्ते दुनिया", "en", [("Say", "en"), ("नमस्ते दुनिया", "hi")]),
        ("Say 你好", "en", [("Say", "en"), ("你好", "zh")]),
        ("Say 日本語です", "en", [("Say", "en"), ("日本語です", "ja")]),
        ("東京タワー", "ja", [("東京タワー", "ja")]),
        ("Say 안녕", "en", [("Say", "en"), ("안녕", "ko")]),
        ("Say สวัสดี", "en", [("Say", "en"), ("สวัสดี", "th")]),
        ("Say გამარჯობა", "en", [("Say", "en"), ("გამარჯობა", "ka")]),
        ("Say բարեւ", "en", [("Say", "en"), ("բարեւ", "hy")]),
        ("Say வணக்கம்", "en", [("Say", "en"), ("வணக்கம்", "ta")]),
        ("Say নমস্কার", "en", [("Say", "en"), ("নমস্কার", "bn")]),
        ("123 привет", "en", [("123 привет", "ru")]),
        ("2πr is 5 Ω or 3 µm", "en", [("2πr is 5 Ω or 3 µm", "en")]),
        ("Say [[θɛβ]] now", "en", [("Say [[θɛβ]] now", "en")]),
        ("12:30!", "fr", [("12:30!", "fr")]),
    ],
)
def test_pieces(text: str, language: str, pieces: list[tuple[str, str]]) -> None:
    """Signs and digits go with what is before them."""
    assert languages(text, language) == pieces


def test_nothing_is_lost() -> None:
    """The pieces joined are the text."""
    text = " 12 Hello привет, (мир)\n你好 12 — ok"
    assert "".join(run.text for run in runs(text, "en")) == text
    assert runs("", "en") == []
    assert runs(" ", "en") == [Run(" ", "en")]
