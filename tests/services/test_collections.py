"""Pages, sitemaps and transcripts in the local index, from servers of this machine only."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from indexed import LOOPBACK, Indexed, indexed, small_host
from platforms import opened
from upstream import Upstream, answer, serving_upstream
from voxhall.domain.document import TRANSCRIPTS, Document, Source
from voxhall.domain.record import Caller
from voxhall.domain.speech import Segment, Transcript
from voxhall.domain.transcription import Options, Submission
from voxhall.engines import wire
from voxhall.engines.host import Host
from voxhall.errors import NotFound
from voxhall.net.pages import Pages
from voxhall.services import knowledge
from voxhall.stores import transcriptions
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

HTML = "Content-Type: text/html; charset=utf-8"
XML = "Content-Type: application/xml"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One engine process for all tests of this file."""
    with small_host(tmp_path_factory.mktemp("models")) as host:
        yield host


@pytest.fixture
async def library(database: Database, objects: Objects, caller: Caller, host: Host) -> AsyncIterator[Indexed]:
    """An empty index."""
    async with indexed(database, objects, caller, host) as library:
        yield library


def page(title: str, about: str) -> bytes:
    """Write a page with an article."""
    told = f"<p>The {about} of the valley are famous, and people come from far away to see them every year.</p>" * 3
    article = f"<article><h1>{title}</h1>{told}</article>"
    return f"<html><head><title>{title}</title></head><body>{article}</body></html>".encode()


def serve_pages(upstream: Upstream, *names: str) -> None:
    """Serve a page of each name, and a sitemap of all."""
    entries = "".join(f"<url><loc>{upstream.url(f'/{name}')}</loc></url>" for name in names)
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    upstream.behave["/sitemap.xml"] = answer(200, sitemap.encode(), XML)
    for name in names:
        upstream.behave.setdefault(f"/{name}", answer(200, page(name.title(), name), HTML))


async def listed(library: Indexed) -> dict[str, Document]:
    """Give all documents by their titles."""
    _, found = await library.knowledge.list(library.caller, limit=100, offset=0)
    return {each.title: each for each in found}


async def test_a_page_is_fetched_and_indexed_again_only_when_its_text_changes(library: Indexed) -> None:
    """Whatever else of it changes."""
    async with serving_upstream() as upstream:
        serve_pages(upstream, "orchids")
        source = Source("url", upstream.url("/orchids"))
        first = await library.add(source)
        assert (first.title, first.state) == ("Orchids", "ready")
        upstream.behave["/orchids"] = answer(200, page("Orchids", "orchids") + b"<!-- visit 2 -->", HTML)
        assert await library.add(source) == first
        upstream.behave["/orchids"] = answer(200, page("Orchids", "tulips"), HTML)
        assert ((await library.add(source)).indexed_at or 0) > (first.indexed_at or 0)
    assert await library.titles("orchids tulips") == ["Orchids"]
    assert "tulips" in (await library.ask("tulips"))[0].text


async def test_a_page_that_is_added_again_while_it_is_read_is_read_again(library: Indexed) -> None:
    """What it says is found, but only the later job ends the matter."""
    async with serving_upstream() as upstream:
        serve_pages(upstream, "orchids")
        source = Source("url", upstream.url("/orchids"))
        first, _ = await library.knowledge.enter(library.caller, source, later=True)
        await library.knowledge.add(library.caller, source)
        await library.indexing.index(first, lambda _done, _total: None)
        assert await library.titles("orchids") == ["Orchids"]
        assert (await library.knowledge.find(library.caller, first.document.id)).state == "queued"


async def test_a_page_that_is_gone_says_so(library: Indexed) -> None:
    """The job ends and the document tells why."""
    async with serving_upstream() as upstream, library.working():
        added = await library.knowledge.add(library.caller, Source("url", upstream.url("/nowhere")))
    found = await library.knowledge.find(library.caller, added.id)
    assert found.state == "failed"
    assert "404" in (found.error or "")


async def test_a_sitemap_brings_its_pages_and_goes_with_them(library: Indexed) -> None:
    """One after another, those that the site forbids or lacks saying why; read again, only what is new is indexed."""
    async with serving_upstream() as upstream:
        upstream.behave["/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /secrets\n")
        serve_pages(upstream, "orchids", "secrets", "geysers")
        upstream.behave["/geysers"] = answer(503)
        site = await library.add(Source("sitemap", upstream.url("/sitemap.xml")))
        documents = await listed(library)
        assert documents["Orchids"].collection == site.id
        states = {each.origin.rpartition("/")[2]: each.state for each in documents.values()}
        assert states == {"sitemap.xml": "ready", "orchids": "ready", "secrets": "failed", "geysers": "failed"}
        assert "/secrets" not in [asked.target for asked in upstream.asked]
        upstream.behave["/geysers"] = answer(200, page("Geysers", "geysers"), HTML)
        await library.add(Source("sitemap", upstream.url("/sitemap.xml")))
        again = await listed(library)
    assert again["Geysers"].state == "ready"
    assert again["Orchids"] == documents["Orchids"]
    await library.knowledge.remove(library.caller, site.id)
    assert await listed(library) == {}
    assert await library.ask("orchids") == []


async def test_a_crawl_goes_on_where_it_was_interrupted(library: Indexed) -> None:
    """It asks for no page twice, failed ones included; the next crawl asks for all of them anew."""
    async with serving_upstream() as upstream:
        serve_pages(upstream, "orchids", "geysers", "ferries", "lighthouses")
        upstream.behave["/geysers"] = answer(503)
        source = Source("sitemap", upstream.url("/sitemap.xml"))

        def asked() -> list[int]:
            targets = [each.target for each in upstream.asked]
            return [targets.count(f"/{name}") for name in ("orchids", "geysers", "ferries", "lighthouses")]

        def break_off(done: int, _total: int) -> None:
            if done == 3:
                raise ConnectionResetError

        row, _ = await library.knowledge.enter(library.caller, source)
        with pytest.raises(ConnectionResetError):
            await library.indexing.index(row, break_off)
        assert asked() == [1, 1, 1, 0]
        await library.add(source)
        assert asked() == [1, 1, 1, 1]
        assert len(await listed(library)) == 5
        await library.add(source)
        assert asked() == [2, 2, 2, 2]


async def test_who_reads_a_site_keeps_nothing_else_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site may take hours; files that the same account adds are read meanwhile, by a server with a single slot."""
    crawling, ended = asyncio.Event(), asyncio.Event()

    async def crawl_for_hours(*_: object, **__: object) -> None:
        crawling.set()
        await asyncio.Event().wait()

    async def hear(*_: object) -> None:
        ended.set()

    monkeypatch.setattr(Pages, "crawl", crawl_for_hours)
    async with opened(tmp_path, job_slots=1, net_allow=LOOPBACK) as served, asyncio.timeout(60):
        knowledge, caller = served.platform.knowledge, await served.platform.keys.first_admin()
        served.platform.queue.on_end.append(hear)
        site = await knowledge.add(caller, Source("sitemap", "http://127.0.0.1/sitemap.xml"))
        await crawling.wait()
        file = await knowledge.add(caller, Source("file", "ferry.txt", b"The ferry leaves at noon."))
        await ended.wait()
        assert (await knowledge.find(caller, file.id)).state == "ready"
        assert (await knowledge.find(caller, site.id)).state == "running"


async def test_an_address_is_a_page_and_a_sitemap(library: Indexed) -> None:
    """Whichever it was added as before."""
    async with serving_upstream() as upstream:
        serve_pages(upstream, "orchids")
        address = upstream.url("/sitemap.xml")
        page = await library.knowledge.add(library.caller, Source("url", address))
        site = await library.add(Source("sitemap", address))
        assert (site.kind, page.kind) == ("sitemap", "url")
        assert (await listed(library))["Orchids"].collection == site.id


async def transcribed(library: Indexed, database: Database, objects: Objects, name: str, text: str) -> int:
    """Put in a finished transcription as a worker would, and tell the queue of its end; give its number."""
    queue, account = library.queue, library.caller.account_id
    async with database.write() as connection:
        job_id = await queue.enqueue(connection, "transcribe", account)
        values = {"account_id": account, "job_id": job_id, "fingerprint": name}
        number = await transcriptions.insert_row(connection, values, Submission(name, Options()))
    claimed = await queue.claim("w", kinds=("transcribe",), lease=60, per_account=9)
    assert claimed
    segments = (Segment(0, text, 0.0, 2.0, ()),)
    await objects.put_bytes(f"t/{name}", wire.encode(Transcript(segments, (), "en", 2.0, 1)))

    async def commit(connection: object) -> None:
        await transcriptions.set_result(connection, number, {"transcript_key": f"t/{name}", "duration": 2.0})  # type: ignore[arg-type]

    await queue.finish(claimed, commit)
    return number


async def test_transcripts_are_indexed_for_who_wants_it(library: Indexed, database: Database, objects: Objects) -> None:
    """Those there are and those to come; one that is deleted is not found any more."""
    first = await transcribed(library, database, objects, "meeting.wav", "We will plant three hundred walnut trees.")
    assert await library.ask("walnut trees") == []
    async with library.working():
        own = await library.knowledge.add(library.caller, Source("transcripts", TRANSCRIPTS))
    assert await library.titles("walnut trees") == ["meeting.wav"]
    async with library.working():
        await transcribed(library, database, objects, "call.wav", "The ferry to the island leaves at noon.")
    assert (await library.titles("When does the ferry leave?"))[0] == "call.wav"
    async with database.write() as connection:
        record = await transcriptions.find(connection, library.caller.account_id, first)
        assert record
        await transcriptions.remove(connection, record)
    assert "meeting.wav" not in await library.titles("walnut trees")
    await library.knowledge.remove(library.caller, own.id)
    assert await library.ask("ferry") == []
    with pytest.raises(NotFound):
        await library.knowledge.find(library.caller, own.id)


async def test_what_is_gone_takes_no_place_among_what_is_nearest(
    library: Indexed, database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcript that was deleted keeps no other from being found."""
    monkeypatch.setattr(knowledge, "CANDIDATES", 1)
    said = {"trees.wav": "We will plant three hundred walnut trees.", "nuts.wav": "An orchard is set out this year."}
    numbers = {name: await transcribed(library, database, objects, name, text) for name, text in said.items()}
    await library.add(Source("transcripts", TRANSCRIPTS))
    question = "Creating groves"  # no word in common
    [nearest] = await library.titles(question)
    async with database.write() as connection:
        record = await transcriptions.find(connection, library.caller.account_id, numbers.pop(nearest))
        assert record
        await transcriptions.remove(connection, record)
    assert await library.titles(question) == list(numbers)


async def test_a_file_may_be_called_like_the_transcripts(library: Indexed) -> None:
    """Neither is taken for the other."""
    file = await library.write(TRANSCRIPTS, "The ferry to the island leaves at noon.")
    own = await library.add(Source("transcripts", TRANSCRIPTS))
    assert (file.kind, own.kind) == ("file", "transcripts")
    assert await library.titles("ferry") == [TRANSCRIPTS]
