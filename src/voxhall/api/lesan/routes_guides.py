"""The guides, as pages to browsers and as Markdown to programs."""

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from voxhall.api.guides import ORDER, guides, title_of
from voxhall.errors import NotFound

router = APIRouter()

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>body{{font:1rem/1.5 system-ui;max-width:48rem;margin:2rem
auto;padding:0 1rem}}pre{{background:#8881;padding:1rem;overflow:auto}}
td,th{{padding:.2rem .8rem;text-align:left}}</style>
</head><body><nav><a href="../guides">Guides</a></nav>{body}</body></html>"""


@router.get("/guides", response_class=HTMLResponse)
async def index(request: Request) -> Response:
    """List the guides."""
    listed = "".join(f"- [{title_of(text)}](guides/{name})\n" for name, text in guides().items())
    return _shown(request, f"# Guides\n\n{listed}")


@router.get("/guides/{name}", response_class=HTMLResponse)
async def guide(request: Request, name: str) -> Response:
    """Show a guide: as a page to browsers, as Markdown to programs."""
    text = guides().get(name.removesuffix(".md"))
    if text is None:
        raise NotFound(f"there is no guide {name[:60]!r}; there are: {', '.join(ORDER)}")
    return _shown(request, text)


def _shown(request: Request, text: str) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(text, media_type="text/markdown")
    body = MarkdownIt("commonmark").enable("table").render(text)
    return HTMLResponse(PAGE.format(title=title_of(text), body=body))
