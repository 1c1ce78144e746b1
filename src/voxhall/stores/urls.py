"""Links to stored objects that anybody may follow until they expire: signed by us, or by the bucket itself."""

import hashlib
import hmac
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import obstore

from voxhall.errors import NotFound, NotPermitted
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.seal import take_secret

SECRET = "object-links"  # noqa: S105 - the secret's name
PATH = "/objects"


class Signer:
    """Signs links with a secret that all processes of one database share; made by `open_signer`."""

    def __init__(self, objects: Objects, secret: bytes) -> None:
        self._objects = objects
        self._secret = secret

    async def link(self, base_url: str, key: str, *, seconds: int, filename: str) -> str:
        """Make a link to an object, good for so many seconds; `filename` is what a browser saves it as."""
        if self._objects.remote is not None:
            return str(await obstore.sign_async(self._objects.remote, "GET", key, timedelta(seconds=seconds)))
        expires = int(time.time()) + seconds
        query = {"expires": expires, "signature": self._signature(key, expires, filename), "filename": filename}
        return f"{base_url}{PATH}/{quote(key)}?{urlencode(query)}"

    async def upload_link(self, base_url: str, key: str, *, seconds: int, most: int) -> str:
        """Make a link to which an object of at most so many bytes may be sent by PUT."""
        if self._objects.remote is not None:
            return str(await obstore.sign_async(self._objects.remote, "PUT", key, timedelta(seconds=seconds)))
        expires = int(time.time()) + seconds
        signature = self._signature(key, expires, str(most), method="PUT")
        return f"{base_url}{PATH}/{quote(key)}?{urlencode({'expires': expires, 'signature': signature, 'most': most})}"

    def check_upload(self, key: str, *, expires: int, signature: str, most: int) -> None:
        """See that a link for an upload is ours; raises NotPermitted for forged or expired links."""
        self._check(self._signature(key, expires, str(most), method="PUT"), signature, expires)

    def resolve(self, key: str, *, expires: int, signature: str, filename: str) -> Path:
        """Give the file behind a link; raises NotPermitted for forged or expired links, NotFound."""
        self._check(self._signature(key, expires, filename), signature, expires)
        path = self._objects.local_path(key)
        if path is None or not path.is_file():
            raise NotFound("the stored object is gone")
        return path

    @staticmethod
    def _check(right: str, signature: str, expires: int) -> None:
        if not hmac.compare_digest(right.encode(), signature.encode()):
            raise NotPermitted("the signature of this link is wrong")
        if expires < time.time():
            raise NotPermitted("this link has expired; ask for a new one")

    def _signature(self, key: str, expires: int, detail: str, *, method: str = "GET") -> str:
        message = "\n".join((method, key, str(expires), detail)).encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()


async def open_signer(database: Database, objects: Objects) -> Signer:
    """Take the database's secret."""
    return Signer(objects, await take_secret(database, SECRET))
