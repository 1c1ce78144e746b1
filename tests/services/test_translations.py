"""Translations for accounts, on both databases: what is kept for whom, and what is counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from platforms import Opened, opened
from tiny_nllb import write_nllb
from voxhall.domain.record import Caller
from voxhall.domain.translation import Phrase
from voxhall.errors import InvalidInput, Misconfigured, NotFound, TooLarge
from voxhall.services.phrasebook import LONGEST, Phrasebook
from voxhall.settings import read_settings
from voxhall.stores.database import Database

ROUTE = ("en", "am")


@pytest.fixture
def book(database: Database) -> Phrasebook:
    """The service on an empty database."""
    return Phrasebook(database)


async def test_only_what_may_be_alike_is_read(book: Phrasebook, caller: Caller) -> None:
    """Of a memory of any size: sentences of other lengths cannot be 90 % alike."""
    phrases = [Phrase(ROUTE, "x" * length, str(length)) for length in (5, 90, 100, 110, 500)]
    await book.put(caller, "memory", phrases)
    found = await book.of(caller, ROUTE, ["y" * 100])
    assert set(found.memory.values()) == {"90", "100", "110"}
    assert (await book.of(caller, ("am", "en"), ["y" * 100])).memory == {}


async def test_a_phrase_said_again_takes_the_others_place(book: Phrasebook, caller: Caller) -> None:
    """Spaces do not make another one; within one file the last counts."""
    await book.put(caller, "memory", [Phrase(ROUTE, "good  morning", "a"), Phrase(ROUTE, "good morning", "b")])
    await book.put(caller, "memory", [Phrase(ROUTE, " good morning\n", "c")])
    assert await book.listed(caller, "memory") == [Phrase(ROUTE, "good morning", "c")]
    assert await book.listed(caller, "glossary") == []
    assert await book.remove(caller, "memory", ROUTE, "good\tmorning") == 1
    with pytest.raises(NotFound):
        await book.remove(caller, "memory", ROUTE, "good morning")


async def test_many_phrases_are_taken_in_at_once(book: Phrasebook, caller: Caller) -> None:
    """More than one statement can hold."""
    await book.put(caller, "memory", [Phrase(ROUTE, f"sentence {number}", "x") for number in range(1203)])
    assert len(await book.listed(caller, "memory", ROUTE)) == 1203


@pytest.mark.parametrize(
    "phrase",
    [
        Phrase(("en", "xx"), "a", "b"),
        Phrase(("en", "en"), "a", "b"),
        Phrase(ROUTE, " ", "b"),
        Phrase(ROUTE, "a", "b\0"),
        Phrase(ROUTE, "a" * (LONGEST["glossary"] + 1), "b"),
    ],
)
async def test_what_is_no_phrase_is_refused(book: Phrasebook, caller: Caller, phrase: Phrase) -> None:
    """And nothing of what came with it is kept."""
    with pytest.raises(InvalidInput):
        await book.put(caller, "glossary", [Phrase(ROUTE, "good", "x"), phrase])
    assert await book.listed(caller, "glossary") == []


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Opened]:
    """A platform that translates, for a price."""
    write_nllb(tmp_path / "models" / "nllb-200-distilled-600m")
    settings = {"translator": "nllb", "translation_price": 20.0, "max_translation_characters": 100}
    async with opened(tmp_path, **settings) as each:
        yield each


async def test_translations_are_in_the_ledger(platform: Opened) -> None:
    """By their characters, with their price; what came back as it was, and what was refused, is free."""
    keys, translations = platform.platform.keys, platform.platform.translations
    caller = await keys.authenticate(await keys.create("a@example.com"))
    await translations.translate(caller, ["hello world", "ዛሬ እንዴት ነህ?"], "auto", "am")
    await translations.translate(caller, ["hello"], "en", "en")
    with pytest.raises(TooLarge, match="101 characters"):
        await translations.translate(caller, ["x" * 50, "x" * 51], "en", "am")
    used = (await platform.platform.accounting.of(caller)).translated
    assert (used.times, used.characters) == (1, len("hello world"))
    assert used.cost == pytest.approx(11 * 20 / 1e6)


async def test_a_translator_that_there_is_not_is_told(tmp_path: Path) -> None:
    """With those there are, before anybody asks for a translation."""
    with pytest.raises(Misconfigured, match=r"babelfish.*nllb"):
        async with opened(tmp_path, translator="babelfish"):
            pass


def test_the_language_model_of_the_settings_is_an_engine() -> None:
    """With what the operator says of it as an engine's options going before."""
    settings = read_settings(
        llm_url="http://127.0.0.1:1/v1", llm_model="big", llm_key="k", engine_options={"llm": {"model": "own"}}
    )
    assert settings.options_by_engine == {"llm": {"url": "http://127.0.0.1:1/v1", "model": "own", "key": "k"}}
    assert read_settings().options_by_engine == {}
