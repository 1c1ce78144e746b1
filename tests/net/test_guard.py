"""The guarded client against servers that would lead it astray or hold it up."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence

import pytest

from upstream import LOOPBACK, Asked, answer, endless, redirect, serving_upstream, silent_after, trickling
from voxhall.errors import AddressRefused, InvalidInput, UpstreamFailed, UpstreamTimeout
from voxhall.net.guard import LONGEST, Guarded, open_guarded

DISGUISED = (
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/",
)


class Resolver:
    """A name server that says something else each time, and counts."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Give the next answer."""
        self.asked.append(host)
        return [self.answers.pop(0)]


@pytest.fixture
async def strict() -> AsyncIterator[Guarded]:
    """The client as it is by default."""
    async with open_guarded() as guarded:
        yield guarded


@pytest.fixture
async def local() -> AsyncIterator[Guarded]:
    """A client that may reach this machine."""
    async with open_guarded(LOOPBACK) as guarded:
        yield guarded


@pytest.mark.parametrize("url", DISGUISED)
async def test_this_machine_is_refused_however_it_is_written(strict: Guarded, url: str) -> None:
    """Decimal, octal, hexadecimal, short, by name, inside IPv6."""
    with pytest.raises(AddressRefused):
        await strict.request("GET", url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "recording.wav",
        "//example.com/",
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "http://",
        "http:///path",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://somebody:secret@example.com/",
        "http://somebody@example.com/",
        "http://exam\nple.com/",
        "http://example.com/a\r\nHost: other",
        "http://0177.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://example.com/" + "a" * LONGEST,
    ],
)
async def test_what_is_no_plain_web_address_is_refused(strict: Guarded, url: str) -> None:
    """Before anything is looked up; the sentence does not repeat it."""
    with pytest.raises(InvalidInput) as refusal:
        await strict.request("GET", url)
    assert "secret" not in str(refusal.value)


async def test_the_address_connected_to_is_the_one_that_was_checked() -> None:
    """A name is looked up once for a connection: there is no second answer to fall for."""
    resolver = Resolver("127.0.0.1", "1.1.1.1")
    async with (
        serving_upstream(it=answer(200, b"here")) as upstream,
        open_guarded(LOOPBACK, resolve=resolver) as client,
    ):
        found = await client.request("GET", upstream.url("/it", host="voices.example"))
    assert found.body == b"here"
    assert resolver.asked == ["voices.example"]
    assert upstream.asked[0].headers["host"] == f"voices.example:{upstream.port}"


async def test_the_next_address_is_tried_where_nobody_answers() -> None:
    """A host may have several; that one of them is dead does not matter."""

    async def both(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with serving_upstream(it=answer(200, b"here")) as upstream, open_guarded(LOOPBACK, resolve=both) as client:
        assert (await client.request("GET", upstream.url("/it", host="voices.example"))).body == b"here"


async def test_a_name_that_changes_between_requests_is_refused_when_it_does() -> None:
    """What was public a moment ago counts for nothing."""
    resolver = Resolver("127.0.0.2", "127.0.0.1")
    async with (
        serving_upstream(it=answer(200, b"here")) as upstream,
        open_guarded(["127.0.0.2/32"], resolve=resolver) as client,
    ):
        with pytest.raises(UpstreamFailed):  # may be connected to, but nobody listens there
            await client.request("GET", upstream.url("/it", host="voices.example"))
        with pytest.raises(AddressRefused):
            await client.request("GET", upstream.url("/it", host="voices.example"))
    assert upstream.asked == []


async def test_a_redirect_is_checked_like_any_address() -> None:
    """Also where the same name means something else by now."""
    resolver = Resolver("127.0.0.1", "169.254.169.254")
    async with (
        serving_upstream(it=redirect("http://voices.example/meta")) as upstream,
        open_guarded(LOOPBACK, resolve=resolver) as client,
    ):
        with pytest.raises(AddressRefused):
            await client.request("GET", upstream.url("/it", host="voices.example"), redirects=3)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "http://a:b@127.0.0.1/", "gopher://127.0.0.1/"])
async def test_a_redirect_leads_to_the_web_only(local: Guarded, place: str) -> None:
    """Never to a file, never with credentials."""
    async with serving_upstream(it=redirect(place)) as upstream:
        with pytest.raises(InvalidInput):
            await local.request("GET", upstream.url("/it"), redirects=3)


async def test_without_redirects_a_redirect_is_an_answer(local: Guarded) -> None:
    """Whoever follows none wants to see that there was one."""
    async with serving_upstream(it=redirect("/there")) as upstream:
        found = await local.request("GET", upstream.url("/it"))
    assert (found.status, found.headers["location"]) == (302, "/there")


async def test_redirects_are_followed_up_to_a_number(local: Guarded) -> None:
    """A circle ends."""
    async with serving_upstream(one=redirect("/two"), two=redirect("/it"), it=answer(200, b"it")) as upstream:
        found = await local.request("GET", upstream.url("/one"), redirects=2)
        assert (found.body, found.url) == (b"it", upstream.url("/it"))
        with pytest.raises(UpstreamFailed, match="redirects"):
            await local.request("GET", upstream.url("/one"), redirects=1)


async def test_another_origin_does_not_get_the_credentials() -> None:
    """The same one does."""
    async with (
        serving_upstream(it=answer(200)) as other,
        serving_upstream(one=redirect("/two"), two=redirect(other.url("/it"))) as first,
        open_guarded(LOOPBACK) as client,
    ):
        headers = {"Authorization": "secret", "Cookie": "secret", "X-Kept": "yes"}
        await client.request("GET", first.url("/one"), headers=headers, redirects=2)
    assert [each.headers.get("authorization") for each in first.asked] == ["secret", "secret"]
    assert "secret" not in other.asked[0].headers.values()
    assert other.asked[0].headers["x-kept"] == "yes"


@pytest.mark.parametrize(("status", "method", "body"), [(302, "GET", b""), (307, "POST", b"{}")])
async def test_a_redirected_post_goes_on_as_clients_do_it(
    local: Guarded, status: int, method: str, body: bytes
) -> None:
    """302 turns it into GET, 307 does not."""
    async with serving_upstream(one=redirect("/it", status), it=answer(200)) as upstream:
        headers = {"content-type": "application/json"}
        await local.request("POST", upstream.url("/one"), content=b"{}", headers=headers, redirects=1)
    assert (upstream.asked[1].method, upstream.asked[1].body) == (method, body)
    assert ("content-type" in upstream.asked[1].headers) == (method == "POST")


async def test_a_body_is_cut_at_the_limit(local: Guarded) -> None:
    """What never ends is not read to its end."""
    async with serving_upstream(big=endless) as upstream:
        found = await local.request("GET", upstream.url("/big"), limit=1000)
        await upstream.broken_off.wait()
    assert found.body == bytes(1000)


@pytest.mark.parametrize("behaviour", [silent_after(b""), silent_after(b"HTTP/1.1 200 OK\r\n\r\n"), trickling])
async def test_the_deadline_counts_for_everything_together(local: Guarded, behaviour: object) -> None:
    """A server that says nothing, one that falls silent, one that trickles."""
    async with serving_upstream(slow=behaviour) as upstream:  # type: ignore[arg-type]  # a Behaviour
        with pytest.raises(UpstreamTimeout):
            await local.request("GET", upstream.url("/slow"), seconds=0.2, limit=1 << 40)


async def test_a_slow_name_server_counts_too() -> None:
    """Whoever runs the domain runs it."""

    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with open_guarded(resolve=never) as client:
        with pytest.raises(UpstreamTimeout):
            await client.request("GET", "http://voices.example/", seconds=0.05)


async def test_nothing_is_ever_unpacked(local: Guarded) -> None:
    """Compression is not asked for; a body that comes compressed all the same stays unread."""
    bomb = gzip.compress(bytes(50 << 20))
    async with serving_upstream(bomb=answer(200, bomb, "Content-Encoding: gzip")) as upstream:
        found = await local.request("GET", upstream.url("/bomb"), limit=1 << 30)
    assert (found.status, found.body) == (200, b"")
    assert upstream.asked[0].headers["accept-encoding"] == "identity"


async def test_a_server_that_breaks_off_has_failed(local: Guarded) -> None:
    """As has one that does not speak HTTP, one that is not there, and a name that there is not."""
    async with serving_upstream(
        short=answer(200, b"abc", length=1000), odd=silent_after(b"SSH-2.0\r\n\r\n")
    ) as upstream:
        for url in (upstream.url("/short"), upstream.url("/odd"), "http://127.0.0.1:9/", "http://nowhere.invalid/"):
            with pytest.raises(UpstreamFailed):
                await local.request("GET", url)


async def test_proxies_of_the_environment_are_not_asked(local: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would connect where the guard does not look."""
    async with serving_upstream(it=answer(200, b"it")) as upstream:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert (await local.request("GET", upstream.url("/it"))).body == b"it"


async def test_a_post_arrives_as_it_was_sent(local: Guarded) -> None:
    """Its headers, its body, and a name of ours."""
    async with serving_upstream(hook=answer(204)) as upstream:
        found = await local.request("POST", upstream.url("/hook?a=1"), content=b"{}", headers={"X-Signature": "s"})
    [asked] = upstream.asked
    assert isinstance(asked, Asked)
    assert (found.status, asked.method, asked.target, asked.body) == (204, "POST", "/hook?a=1", b"{}")
    assert (asked.headers["x-signature"], asked.headers["user-agent"]) == ("s", "Voxhall")
