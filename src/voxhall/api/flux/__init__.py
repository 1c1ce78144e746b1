"""The Flux dialect: search, cited answers, page contents, research conversations; and the local index."""

from fastapi import APIRouter

from voxhall.api.dialect import Dialect
from voxhall.api.flux import routes, routes_conversations, routes_knowledge

PARTS = (routes, routes_conversations, routes_knowledge)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)


dialect = Dialect(
    name="flux",
    title="Flux API",
    router=router,
    paths=("/search", "/answer", "/contents", "/conversations", "/knowledge"),
)
