"""Expected spellings replace what sounds like them, and nothing else."""

from voxhall.domain.speech import Word
from voxhall.engines.recognize._keywords import respelt


def words(text: str, confidence: float = 0.5) -> tuple[Word, ...]:
    """Give words of one second each."""
    return tuple(Word(each, float(n), n + 1.0, confidence) for n, each in enumerate(text.split()))


def texts(found: tuple[Word, ...]) -> str:
    """Join words."""
    return " ".join(word.text for word in found)


def test_a_doubtful_word_that_sounds_alike_is_respelt() -> None:
    """Case and spelling are the caller's, punctuation stays."""
    assert texts(respelt(words("then sherbourne, ran"), ("Sherburn",))) == "then Sherburn, ran"


def test_a_sure_word_is_respelt_only_when_it_sounds_the_same() -> None:
    """What was heard well is not bent towards a wish."""
    assert texts(respelt(words("the sherbourne ran", 0.99), ("Sherburn",))) == "the sherbourne ran"
    assert texts(respelt(words("my crayffish", 0.95), ("crayfish",))) == "my crayfish"


def test_other_words_stay() -> None:
    """A keyword that was not said appears nowhere."""
    assert respelt(words("it was the best of times"), ("Voxhall", "መንገድ", "")) == words("it was the best of times")


def test_a_name_heard_as_two_words_becomes_one() -> None:
    """It takes the time of both and the confidence of the worse."""
    heard = (Word("the", 0.0, 1.0, 0.9), Word("a", 1.0, 1.2, 0.6), Word("liner.", 1.2, 2.0, 0.3))
    assert respelt(heard, ("aliner",)) == (heard[0], Word("aliner.", 1.0, 2.0, 0.3))


def test_a_keyword_of_two_words_keeps_both() -> None:
    """The words of a keyword share the time of what they replace."""
    found = respelt(words("to sandfran cisco"), ("San Francisco",))
    assert texts(found) == "to San Francisco"
    assert (found[1].start, found[-1].end) == (1.0, 3.0)
