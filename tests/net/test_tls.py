"""Over TLS the name counts that was asked for, not the address that it led to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from voxhall.errors import UpstreamFailed
from voxhall.net.guard import Guarded, open_guarded

NAME = "voices.example"


def certificate(folder: Path) -> Path:
    """Make a certificate of NAME that vouches for itself, in one file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(form[0]) + key.private_bytes(*form))
    return path


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, list[str | None]]]:
    """A server's port, and the names that it was asked for in handshakes."""
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    names: list[str | None] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as running:
        yield running.sockets[0].getsockname()[1], names


@pytest.fixture
async def guarded(server: object) -> AsyncIterator[Guarded]:
    """A client that trusts the server, and finds it under every name."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with open_guarded(["127.0.0.0/8"], resolve=resolve) as client:
        yield client


async def test_the_name_is_asked_for_and_verified(server: tuple[int, list[str | None]], guarded: Guarded) -> None:
    """Although the connection was made to an address."""
    port, names = server
    assert (await guarded.request("GET", f"https://{NAME}:{port}/")).body == b"here"
    assert names == [NAME]


async def test_a_server_of_another_name_is_not_believed(server: tuple[int, list[str | None]], guarded: Guarded) -> None:
    """Whoever is found there."""
    with pytest.raises(UpstreamFailed):
        await guarded.request("GET", f"https://other.example:{server[0]}/")
