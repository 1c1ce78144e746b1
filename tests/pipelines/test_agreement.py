"""Words that stay while a sentence grows."""

from voxhall.pipelines.agreement import Agreement


def grown(*decodings: str) -> list[tuple[str, int]]:
    """Give the words, and how many stay, after each decoding."""
    agreement, found = Agreement(), []
    for each in decodings:
        agreement.push(each.split())
        found.append((" ".join(agreement.words), agreement.stable))
    return found


def test_what_two_decodings_agree_on_stays() -> None:
    """Whatever a later one says of it; punctuation and case may differ."""
    assert grown("It was", "it was, the beast", "it is the best of", "It was the best of times") == [
        ("It was", 0),
        ("it was, the beast", 2),
        ("it was, the best of", 2),
        ("it was, the best of times", 2),
    ]


def test_a_shorter_decoding_takes_nothing_away_that_stays() -> None:
    """And what does not stay goes."""
    assert grown("one two three four", "one two three five", "one") == [
        ("one two three four", 0),
        ("one two three five", 3),
        ("one two three", 3),
    ]


def test_the_last_decoding_settles_the_rest() -> None:
    """All of it stays from then on."""
    agreement = Agreement()
    for each in ("one two", "one two tree"):
        agreement.push(each.split())
    agreement.settle(["one", "two", "three", "four"])
    assert (agreement.words, agreement.stable) == (("one", "two", "three", "four"), 4)
