"""Voices that an account makes of clips: private to it, kept until it deletes them."""

import asyncio
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from voxhall.audio.pcm import from_pcm, to_pcm
from voxhall.domain.record import Caller
from voxhall.domain.transcription import Received
from voxhall.domain.voice import Clone, Shape, Voice
from voxhall.engines.host import Host, Scope
from voxhall.engines.protocols import Cloner, Decoder, Recognizer, Samples, Synthesizer, Vad
from voxhall.engines.registry import Registry
from voxhall.errors import NotFound
from voxhall.pipelines import clone as pipeline
from voxhall.pipelines.clone import Clip, Tools
from voxhall.pipelines.speak import Part
from voxhall.services.cast import Cast
from voxhall.services.receiving import receive
from voxhall.stores import voices as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

PREFIX = "u-"
"""What the ids of cloned voices begin with."""
HASH_DIGITS = 8


class Clones:
    """The service that API and command line ask."""

    def __init__(self, database: Database, objects: Objects, registry: Registry, host: Host, cast: Cast) -> None:
        self._database = database
        self._objects = objects
        self._registry = registry
        self._host = host
        self._cast = cast
        self._samples: dict[Voice, Samples] = {}

    def receive(self, caller: Caller, chunks: AsyncIterator[bytes]) -> AbstractAsyncContextManager[Received]:
        """Store a clip while it arrives; it is removed again if the block that uses it fails.

        Raises EmptyBody, StorageFull, and whatever `chunks` raises.
        """
        return receive(self._objects, "voices", caller, chunks)

    async def clone(self, caller: Caller, received: Received, *, name: str, text: str | None) -> Clone:
        """Make a voice of a clip that was received; without `text` what is said in it is recognised.

        Raises BrokenMedia, InvalidInput, UnusableClip, EngineUnavailable.
        """
        now = time.time()
        digest = hashlib.sha256(f"{received.sha256} {caller.account_id} {now}".encode()).hexdigest()
        voice_id = f"{PREFIX}{caller.account_id}-{digest[:HASH_DIGITS]}"
        with tempfile.TemporaryDirectory(prefix="voxhall-") as name_of_folder:
            folder = Path(name_of_folder)
            await self._objects.fetch(received.key, folder / "clip")
            with self._host.scope() as scope:
                clip, voice, similarity = await asyncio.to_thread(self._make, scope, folder, voice_id, text)
        if voice.reference:
            await self._objects.put_bytes(voice.reference, to_pcm(clip.speech[None]))
        made = Clone(
            id=voice_id,
            account_id=caller.account_id,
            name=name,
            voice=voice,
            text=clip.text,
            seconds=clip.seconds,
            similarity=similarity,
            fidelity="cloned" if voice.reference else "approximate",
            clip_key=received.key,
            created_at=now,
        )
        async with self._database.write() as connection:
            await table.insert_row(connection, made)
        return made

    async def mine(self, caller: Caller) -> list[Clone]:
        """Give the caller's voices, the newest first."""
        async with self._database.read() as connection:
            return await table.of_account(connection, caller.account_id)

    async def find(self, caller: Caller, voice_id: str) -> Clone:
        """Find one; raises NotFound for those of other accounts too."""
        async with self._database.read() as connection:
            found = await table.find(connection, caller.account_id, voice_id)
        if found is None:
            raise NotFound(f"there is no voice {voice_id[:100]!r}", param="voice")
        return found

    async def delete(self, caller: Caller, voice_id: str) -> None:
        """Remove one, and its clip with it; raises NotFound."""
        found = await self.find(caller, voice_id)
        async with self._database.write() as connection:
            await table.remove(connection, found.id)
        for key in (found.clip_key, found.voice.reference):
            if key is not None:
                await self._objects.delete(key)

    async def reference(self, voice: Voice) -> Samples | None:
        """Give the clip that a voice imitates, float32 mono at 16 kHz; None where it needs none."""
        if voice.reference is None:
            return None
        return from_pcm(await self._objects.get(voice.reference))

    def _make(self, scope: Scope, folder: Path, voice_id: str, text: str | None) -> tuple[Clip, Voice, float]:
        """Do the work in this thread; give the clip, the voice, and how alike they are."""
        tools = Tools(
            decoder=scope.engine(Decoder, self._registry.choose("decode")),
            vad=scope.engine(Vad, self._registry.choose("vad")),
            recognizer=scope.engine(Recognizer, self._registry.choose("recognize")),
            cloner=scope.engine(Cloner, self._registry.choose("clone")),
        )
        clip = pipeline.hear(folder / "clip", folder, tools, text)
        bases = self._cast.bases
        match = tools.cloner.match(clip.speech, tuple(self._sample(scope, base) for base in bases))
        near = bases[match.base]
        imitator = self._cast.cloning_engine()
        voice = Voice(
            id=voice_id,
            engine=imitator.name if imitator else near.engine,
            base="" if imitator else near.base,
            language=near.language,
            feminine=match.feminine,
            shape=Shape() if imitator else match.shape,
            reference=f"voices/{voice_id}.pcm" if imitator else None,
        )
        return clip, voice, match.similarity

    def _sample(self, scope: Scope, base: Voice) -> Samples:
        """Let a base voice speak for comparison; it says the same to every clip, so it is asked once."""
        if base not in self._samples:
            synthesizer = scope.engine(Synthesizer, self._registry.choose("speak", name=base.engine))
            self._samples[base] = pipeline.sample(Part(synthesizer, base.base))
        return self._samples[base]
