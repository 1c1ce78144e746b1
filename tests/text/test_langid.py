"""What the script of a text tells about its language."""

import pytest

from voxhall.text import langid

AMHARIC = "ዛሬ በአዲስ አበባ ከተማ ከፍተኛ ዝናብ እንደሚኖር የሜትሮሎጂ ኤጀንሲ አስታወቀ።"
TIGRINYA = "ሎሚ ኣብ ከተማ መቐለ ብዙሕ ዝናብ ከም ዝህሉ ቤት ጽሕፈት ኣፍሊጡ ኣሎ።"


@pytest.mark.parametrize(("text", "language"), [(AMHARIC, "am"), (TIGRINYA, "ti")])
def test_amharic_and_tigrinya_are_told_apart(text: str, language: str) -> None:
    """Surely by a sentence, and still by its first three words."""
    assert langid.by_script(text) == (language, 1.0)
    found = langid.by_script(" ".join(text.split()[:3]))
    assert found is not None
    assert found[0] == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("สวัสดีชาวโลก", "th"), ("გამარჯობა", "ka"), ("שלום", None), ("Γειά σου", "el"), ("hello", None), ("привет", None)],
)
def test_a_script_of_one_language_tells_it(text: str, language: str | None) -> None:
    """One of several languages does not: a model has to."""
    found = langid.by_script(text)
    assert (found and found[0]) == language


def test_the_script_is_that_of_most_letters() -> None:
    """Addresses and markup do not count, a few Latin names do not matter; a text without letters has none."""
    mixed = "<b>ሰላም ዓለም</b> https://example.com/a/long/address"
    assert langid.script(langid.prose_of(mixed)) == "ETHIOPIC"
    assert langid.script("Hello ሰላም world") == "LATIN"
    assert langid.script("COVID-19 ኣብ ውሽጢ") == "ETHIOPIC"
    assert langid.script("12 + 3 = 15 ?!") == ""
    assert langid.by_script("12 + 3") is None
