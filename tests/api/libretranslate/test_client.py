"""LibreTranslate's own client, and others, work with a new address."""

import json
from urllib.error import HTTPError

import pytest
import requests
from libretranslatepy import LibreTranslateAPI

from serving import Server

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def client(translating: Server) -> LibreTranslateAPI:
    """The client, with the key that it sends in its forms."""
    return LibreTranslateAPI(f"{translating.url}/libretranslate", api_key=translating.key)


def test_its_own_client_translates(client: LibreTranslateAPI) -> None:
    """Texts, with a language that is named or found."""
    assert client.translate("hello world", "en", "es") == "hello world"
    assert client.translate("ሰላም ዓለም።", "auto", "en") == "ሰላም ዓለም።"


def test_its_own_client_asks_for_languages(client: LibreTranslateAPI) -> None:
    """Those there are, and that of a text in per cent."""
    languages = {each["code"]: each for each in client.languages()}
    assert languages["am"]["name"] == "Amharic"
    assert "ti" in languages["am"]["targets"]
    [first, *_] = client.detect("The weather is very nice today, is it not?")
    assert first["language"] == "en"
    assert 50 < first["confidence"] <= 100


def test_a_refusal_is_an_error_of_the_client(translating: Server, client: LibreTranslateAPI) -> None:
    """With a sentence under `error`, as LibreTranslate has it."""
    with pytest.raises(HTTPError) as unknown:
        client.translate("hello", "en", "xx")
    assert unknown.value.code == 400
    with unknown.value as answer:
        assert "xx" in json.loads(answer.read())["error"]
    with pytest.raises(HTTPError) as stranger:
        LibreTranslateAPI(f"{translating.url}/libretranslate", api_key="nobody").detect("hello")
    with stranger.value as answer:
        assert answer.code == 401


def test_lists_and_forms_of_every_kind(translating: Server) -> None:
    """JSON with a list, multipart, and a key in the header."""
    url, key = f"{translating.url}/libretranslate/translate", translating.key
    wish = {"q": ["<b>hello</b>", "سلام"], "source": "auto", "target": "am", "format": "html", "api_key": key}
    answer = requests.post(url, json=wish, timeout=30).json()
    assert answer["translatedText"] == wish["q"]
    assert len(answer["detectedLanguage"]) == 2
    fields = {"q": (None, "hello"), "source": (None, "en"), "target": (None, "zh-Hans")}
    formed = requests.post(url, files=fields, headers={"Authorization": f"Bearer {key}"}, timeout=30)
    assert formed.json() == {"translatedText": "hello"}


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"source": "en", "target": "es"}, "q"),
        ({"q": "a", "source": "en"}, "target"),
        ({"q": "", "source": "en", "target": "es"}, "text"),
        ({"q": "a", "source": "en", "target": "es", "format": "pdf"}, "format"),
    ],
)
def test_what_is_missing_or_wrong_is_said(translating: Server, wish: dict[str, str], said: str) -> None:
    """With 400, as LibreTranslate does."""
    answer = translating.post("/libretranslate/translate", json=wish)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_it_has_its_own_documentation(translating: Server) -> None:
    """Its paths stand under its name in that of the whole server too; at the root they are nobody's."""
    assert "/translate" in translating.get("/libretranslate/openapi.json").json()["paths"]
    whole = translating.get("/openapi.json").json()["paths"]
    assert "/libretranslate/translate" in whole
    assert "/detect" not in whole
    assert translating.get("/libretranslate/health").json() == {"status": "ok"}
    assert translating.get("/languages").status_code == 404
