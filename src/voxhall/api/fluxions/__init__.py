"""The Fluxions dialect: transcription jobs, speech, cloned voices, history."""

from fastapi import APIRouter

from voxhall.api.dialect import Dialect
from voxhall.api.fluxions import routes, routes_history, routes_speech, speech_socket

PARTS = (routes, routes_speech, speech_socket, routes_history)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)


dialect = Dialect(name="fluxions", title="Fluxions API", router=router)
