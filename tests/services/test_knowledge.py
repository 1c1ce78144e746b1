"""The local index: filled, searched, kept apart and emptied, alike on both databases."""

import time
from collections.abc import AsyncIterator, Iterator

import pytest
import sqlalchemy

from indexed import HERE, Indexed, indexed, small_host
from lending import busy
from voxhall.accounts.keys import Keys
from voxhall.domain.document import INDEX, TRANSCRIPTS, Source
from voxhall.domain.record import Caller, Scope
from voxhall.domain.work import Progress
from voxhall.engines.host import Host
from voxhall.errors import AddressRefused, InvalidInput, NotFound, NotPermitted, UnreadableDocument
from voxhall.jobs import worker
from voxhall.services import knowledge
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.tables import accounts

SUN = "The Sun\n\nThe sun is the star at the centre of the solar system. Its diameter is about 1.39 million kilometres."
BREAD = "Sourdough\n\nA starter of flour and water ferments for a week. The loaf is baked in a very hot oven."
PARLIAMENT = "Parliament\n\nThe parliament passed the budget in March. Members argued about roads for eleven hours."
CITY = "አዲስ አበባ የኢትዮጵያ ዋና ከተማ ናት። ከተማዋ በ1879 ተመሠረተች።"
COFFEE = "ቡና በኢትዮጵያ ውስጥ በብዛት ይመረታል። የቡና ሥነ ሥርዓት የታወቀ ባህል ነው።"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One engine process for all tests of this file."""
    with small_host(tmp_path_factory.mktemp("models")) as host:
        yield host


@pytest.fixture
async def library(database: Database, objects: Objects, caller: Caller, host: Host) -> AsyncIterator[Indexed]:
    """An empty index."""
    async with indexed(database, objects, caller, host) as opened:
        yield opened


@pytest.fixture
async def filled(library: Indexed) -> Indexed:
    """An index of five documents."""
    for name, text in (("sun", SUN), ("bread", BREAD), ("law", PARLIAMENT), ("city", CITY), ("coffee", COFFEE)):
        await library.write(f"{name}.txt", text)
    return library


@pytest.fixture
async def stranger(database: Database) -> Caller:
    """Somebody with another account, no admin."""
    keys = Keys(database)
    scopes = frozenset({Scope.READ, Scope.WRITE})
    return await keys.authenticate(await keys.create("stranger@example.com", name="k", scopes=scopes))


QUESTIONS = (
    ("diameter of the sun", "sun"),  # words
    ("How large is our nearest stellar body?", "sun"),  # meaning alone: no word in common
    ("baking loaves", "bread"),  # stems
    ("Who decided how public money is spent?", "law"),
    ("የኢትዮጵያ ዋና ከተማ", "city"),  # Ethiopic, by words alone
    ("ቡናን ማምረት", "coffee"),  # with endings that do not stand there
    ("ሰርዓት", "coffee"),  # spelt with letters that sound alike
    ("SÓLAR systém", "sun"),  # accents and case
)
BOMBS = (
    '"', '""', "NEAR(", "*", "a*", "NEAR(a b, 5", "AND", "OR OR OR", "NOT", "key:sun", "scope : a1", "sun AND", "(((",
    "^sun", "-", "--", '-"', "'; drop table passages; --", "\\", "%", "a" * 490, "the of and", ":*", "!",
    "&|!<->", "{key}",
)  # fmt: skip


async def test_the_passage_that_answers_comes_first(filled: Indexed) -> None:
    """Found by its words or by its meaning, whichever the database."""
    for question, found in QUESTIONS:
        hits = await filled.ask(question)
        assert hits, question
        assert (await filled.titles(question))[0] == f"{found}.txt", question
        assert hits[0].url.startswith(f"{HERE}/knowledge/")
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_while_engines_are_busy_words_alone_are_looked_for(
    filled: Indexed, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they find comes all the same, and nobody stays behind in line for a process."""
    monkeypatch.setattr(knowledge, "EMBEDDING_SECONDS", 0.05)
    async with busy(host):
        assert await filled.titles("diameter of the sun") == ["sun.txt"]


async def test_quotes_demand_and_a_minus_excludes(filled: Indexed) -> None:
    """Also of what is found by its meaning only."""
    assert await filled.titles('"flour and water" sun') == ["bread.txt"]
    assert await filled.titles('"water and flour"') == []
    assert "sun.txt" not in await filled.titles("star of the solar system -diameter")


async def test_no_question_is_a_syntax(library: Indexed) -> None:
    """Signs of the databases' own query languages mean nothing."""
    await library.write("sun.txt", SUN)
    for bomb in BOMBS:
        await library.ask(bomb)
        await library.ask(f"sun {bomb}")
    assert (await library.titles("sun"))[0] == "sun.txt"


async def test_accounts_do_not_see_each_other(library: Indexed, stranger: Caller) -> None:
    """Not in a search, nor in a list, nor by its id; what is shared everybody finds."""
    mine = await library.write("sun.txt", SUN)
    await library.write("law.txt", PARLIAMENT, shared=True)
    assert await library.titles("sun parliament", caller=stranger) == ["law.txt"]
    total, listed = await library.knowledge.list(stranger, limit=10, offset=0)
    assert (total, [each.title for each in listed]) == (1, ["law.txt"])
    for refused in (library.knowledge.read(stranger, mine.id), library.knowledge.remove(stranger, mine.id)):
        with pytest.raises(NotFound):
            await refused


async def test_the_shared_index_is_an_admins(library: Indexed, stranger: Caller) -> None:
    """Others neither add to it nor remove from it."""
    law = await library.write("law.txt", PARLIAMENT, shared=True)
    with pytest.raises(NotPermitted):
        await library.write("sun.txt", SUN, shared=True, caller=stranger)
    with pytest.raises(NotPermitted):
        await library.knowledge.remove(stranger, law.id)


async def test_what_is_removed_is_not_found(filled: Indexed) -> None:
    """By no word and no meaning; its file goes, too."""
    [sun] = [
        each for each in (await filled.knowledge.list(filled.caller, limit=9, offset=0))[1] if each.title == "sun.txt"
    ]
    await filled.ask("sun")
    await filled.knowledge.remove(filled.caller, sun.id)
    assert "sun.txt" not in await filled.titles("How large is our nearest stellar body? diameter of the sun")
    with pytest.raises(NotFound):
        await filled.knowledge.read(filled.caller, sun.id)


async def test_nothing_of_it_stays_in_the_index_of_words(filled: Indexed, database: Database) -> None:
    """Neither of a document that is written anew or removed, nor of an account that is."""

    async def rows() -> tuple[int, int]:
        async with database.read() as connection:
            words = await connection.execute(sqlalchemy.text("select count(*) from passages_fts"))
            kept = await connection.execute(sqlalchemy.text("select count(*) from passages"))
        return words.scalar_one(), kept.scalar_one()

    assert await rows() == (5, 5)
    await filled.write("sun.txt", f"{SUN}\n\n{BREAD}")
    words, kept = await rows()
    assert words == kept > 5
    await filled.write("law.txt", PARLIAMENT, shared=True)
    [law] = [each for each in (await filled.knowledge.list(filled.caller, limit=9, offset=0))[1] if each.shared]
    await filled.knowledge.remove(filled.caller, law.id)
    assert await rows() == (words, kept)
    async with database.write() as connection:
        await connection.execute(sqlalchemy.delete(accounts).where(accounts.c.id == filled.caller.account_id))
    assert await rows() == (0, 0)


async def test_the_same_again_is_not_indexed_again(library: Indexed) -> None:
    """A file with the same content is left as it is; with another, its passages are replaced under the same id."""
    first = await library.write("sun.txt", SUN)
    again = await library.write("sun.txt", SUN)
    assert again == first
    await library.ask("sun")
    changed = await library.write("sun.txt", BREAD)
    assert changed.id == first.id
    assert (changed.indexed_at or 0) > (first.indexed_at or 0)
    assert "sourdough" in (await library.ask("flour"))[0].text.lower()
    assert await library.titles('"solar system"') == []
    assert (await library.knowledge.list(library.caller, limit=9, offset=0))[0] == 1


async def test_a_file_sent_again_while_it_is_read_is_read_again(
    library: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who began with the first neither takes the second away nor writes over what it says."""
    first, _ = await library.knowledge.enter(library.caller, Source("file", "sun.txt", SUN.encode()))
    get = Objects.get

    async def get_while_another_is_sent(objects: Objects, key: str) -> bytes:
        monkeypatch.setattr(Objects, "get", get)
        data = await objects.get(key)
        await library.knowledge.enter(library.caller, Source("file", "sun.txt", BREAD.encode()))
        return data

    monkeypatch.setattr(Objects, "get", get_while_another_is_sent)
    await library.indexing.index(first, lambda _done, _total: None)
    document = await library.knowledge.find(library.caller, first.document.id)
    assert (document.state, document.passages) == ("queued", 0)
    second, fresh = await library.knowledge.enter(library.caller, Source("file", "sun.txt", BREAD.encode()))
    assert fresh
    await library.indexing.index(second, lambda _done, _total: None)
    _, text = await library.knowledge.read(library.caller, first.document.id)
    assert "starter of flour" in text


async def test_a_document_is_read_whole(library: Indexed) -> None:
    """Its text comes back, in as many passages as it takes."""
    text = "\n\n".join(
        f"Paragraph {number} tells of {'many things and ' * 20}the number {number}." for number in range(30)
    )
    document = await library.write("long.txt", text)
    assert document.passages > 10
    assert await library.knowledge.read(library.caller, document.id) == (document, text)
    assert "number 17." in (await library.ask("paragraph 17"))[0].text


async def test_dates_narrow_a_search(library: Indexed) -> None:
    """What is known to be older is left out; news is what has a date."""
    body = "<p>The harvest of plums was enormous this year, as farmers of the valley told reporters. " * 3
    for name, age in (("new", 3), ("old", 300), ("undated", None)):
        day = age and time.strftime("%Y-%m-%d", time.gmtime(time.time() - age * 86400))
        meta = f'<meta property="article:published_time" content="{day}T10:00:00Z">' if day else ""
        page = f"<html><head><title>{name}</title>{meta}</head><body><article>{body}{name}</article></body></html>"
        await library.add(Source("file", f"{name}.html", page.encode(), "text/html"))
    for narrowed, titles in (
        ({}, {"new", "old", "undated"}),
        ({"days": 30}, {"new", "undated"}),
        ({"days": 30, "topic": "news"}, {"new"}),
        ({"topic": "news"}, {"new", "old"}),
    ):
        assert set(await library.titles("harvest of plums", **narrowed)) == titles
        assert len(await library.titles("harvest of plums", limit=1, **narrowed)) == 1


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (Source("url", "file:///etc/passwd"), InvalidInput),
        (Source("url", "http://10.0.0.1/"), AddressRefused),
        (Source("sitemap", "nonsense"), InvalidInput),
        (Source("file", " ", b"x"), InvalidInput),
        (Source("file", "x.txt"), InvalidInput),
        (Source("file", "x.txt", b"x" * (33 << 20)), InvalidInput),
        (Source("transcript", "1"), InvalidInput),
        (Source("transcripts", "others"), InvalidInput),
    ],
)
async def test_what_cannot_be_added_is_refused_at_once(
    source: Source, error: type[Exception], library: Indexed
) -> None:
    """And leaves nothing behind."""
    with pytest.raises(error):
        await library.knowledge.add(library.caller, source)
    assert (await library.knowledge.list(library.caller, limit=9, offset=0))[0] == 0


async def test_a_document_that_cannot_be_read_says_why(library: Indexed) -> None:
    """It is listed as failed; what was indexed of it before stays."""
    await library.write("sun.txt", SUN)
    async with library.working():
        added = await library.knowledge.add(library.caller, Source("file", "sun.txt", b"\x00\x01\x02\xff" * 500))
        assert added.state == "queued"
    failed = await library.knowledge.find(library.caller, added.id)
    assert failed.state == "failed"
    assert failed.error
    assert (await library.titles("sun"))[0] == "sun.txt"
    with pytest.raises(UnreadableDocument):
        await library.write("empty.txt", " ")


async def test_a_file_that_was_read_stays_read(library: Indexed, monkeypatch: pytest.MonkeyPatch) -> None:
    """However its job is cut off after that: the next attempt finds the work done, and nothing of the file left."""
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.0)
    delete = Objects.delete

    async def delete_and_break_off(objects: Objects, key: str) -> None:
        monkeypatch.setattr(Objects, "delete", delete)
        await objects.delete(key)
        raise ConnectionResetError

    monkeypatch.setattr(Objects, "delete", delete_and_break_off)
    async with library.working():
        added = await library.knowledge.add(library.caller, Source("file", "sun.txt", SUN.encode()))
    found = await library.knowledge.find(library.caller, added.id)
    assert (found.state, found.error, found.passages) == ("ready", None, 1)


async def test_files_stay_only_until_they_are_read(library: Indexed, objects: Objects) -> None:
    """Also those that cannot be read: only another file would help. One that waits for being read stays."""

    def kept() -> int:
        root = objects.local_path("knowledge")
        return sum(path.is_file() for path in root.rglob("*")) if root else 0

    await library.write("sun.txt", SUN)
    assert kept() == 0
    async with library.working():
        failed = await library.knowledge.add(library.caller, Source("file", "broken.pdf", b"%PDF-1.7 and no more"))
    await library.knowledge.add(library.caller, Source("file", "bread.txt", BREAD.encode()))
    await library.indexing.sweep()
    assert kept() == 1
    assert (await library.knowledge.find(library.caller, failed.id)).state == "failed"


async def test_queued_documents_are_read_by_a_server(library: Indexed) -> None:
    """The job ends and the document is found."""
    async with library.working():
        added = await library.knowledge.add(library.caller, Source("file", "sun.txt", SUN.encode()))
    ready = await library.knowledge.find(library.caller, added.id)
    assert (ready.state, ready.passages) == ("ready", 1)
    assert (await library.titles("sun"))[0] == "sun.txt"


async def test_the_reading_of_a_document_is_seen(library: Indexed) -> None:
    """That it goes on, and how far it is."""
    added = await library.knowledge.add(library.caller, Source("file", "sun.txt", SUN.encode()))
    job = await library.queue.claim("w", kinds=(INDEX,), lease=60, per_account=1)
    assert job
    await library.queue.heartbeat(job, lease=60, progress=Progress("indexing", 25.0, 1, 4))
    found = await library.knowledge.find(library.caller, added.id)
    assert (found.state, found.progress) == ("running", Progress("indexing", 25.0, 1, 4))
    await library.queue.give_back(job)
    async with library.working():
        pass
    found = await library.knowledge.find(library.caller, added.id)
    assert (found.state, found.progress) == ("ready", None)


async def test_transcripts_are_refused_for_everybody(library: Indexed) -> None:
    """They are their account's."""
    with pytest.raises(InvalidInput):
        await library.knowledge.add(library.caller, Source("transcripts", TRANSCRIPTS), shared=True)
