"""Answers against the document's schema tables: every field that must be there, every type, every null."""

import pytest
import requests

from hearing import samples_of
from live import talking
from recordings import BECKETT
from serving import Server
from voxhall.audio.pcm import to_pcm

pytestmark = pytest.mark.timeout(180)

TABLES = {
    "APIKeyCreatedResponse": """
        id! string
        key! string
        prefix! string
        key_type! string
        environment! string
        scopes! string[]
        name! string?
        created_at! string
        expires_at! string?
        rate_limits! object
        warning string
    """,
    "APIKeyListResponse": """
        keys! APIKeyResponse[]
        total! integer
    """,
    "APIKeyResponse": """
        id! string
        user_id! string
        email string?
        prefix! string
        key_fragment! string
        display_key! string
        key_type! string
        environment! string
        scopes! string[]
        name! string?
        description! string?
        status! string
        created_at! string
        updated_at! string
        expires_at! string?
        last_used_at! string?
        rate_limits! object
        allowed_ips! string[]
        allowed_origins! string[]
    """,
    "APIKeyRotatedResponse": """
        new_key! APIKeyCreatedResponse
        retired_key_id! string
        retired_status! string
        retired_expires_at string?
    """,
    "AdminKeyStatsResponse": """
        total_keys! integer
        active_keys! integer
        revoked_keys! integer
        expired_keys integer
        keys_by_type object
        keys_by_environment object
    """,
    "AdminModelActionResponse": """
        message! string
        loaded_models! string[]
    """,
    "AdminModelsResponse": """
        loaded! string[]
        available! string[]
        device! string
        cache_info object
    """,
    "DeleteResponse": """
        id! string
        object! string
        deleted boolean
    """,
    "FileUploadResponse": """
        file_id! string
        file_url! string
        filename! string
        size_bytes! integer
        content_type! string
        duration_seconds number?
        expires_at string?
    """,
    "HealthResponse": """
        status! string
        version! string
        loaded_models string[]
        available_models string[]
        device! string
        silero_vad_available! boolean
        ina_vad_available boolean
        streaming_available boolean
        storage_provider string?
        storage_bucket string?
        storage_configured boolean
        redis_status string
        redis_version string?
        redis_connected_clients integer?
        redis_memory string?
        auth_enabled boolean
        timestamp! string
    """,
    "LanguagesResponse": """
        languages! string[]
        loaded! string[]
        default! string
    """,
    "MediaProbeResponse": """
        object string
        url! string
        source! string
        extractor string?
        title string?
        uploader string?
        duration_seconds number?
        thumbnail_url string?
        upload_date string?
        is_live boolean
        language string?
        file_size_bytes integer?
        content_type string?
        warnings string[]
        cached boolean
        probed_at! string
        metadata object
    """,
    "ProgressResponse": """
        stage! string
        percent! integer
        total_segments integer?
        done_segments integer?
    """,
    "QuotaInfo": """
        limit! integer
        used! integer
        remaining! integer
        reset_at string?
    """,
    "RevokeKeyResponse": """
        message! string
        key_id! string
        status! string
        revoked_at string
    """,
    "RootResponse": """
        name string
        version string
        docs string
        endpoints object
    """,
    "SegmentResponse": """
        id! integer
        start_ms! integer
        end_ms! integer
        duration_ms! integer
        text! string
        speaker string?
        confidence number?
    """,
    "SignedUrlResponse": """
        upload_url! string
        file_id! string
        file_url! string
        method string
        headers object
        expires_in! integer
        max_size_bytes! integer
    """,
    "SpeakerInfo": """
        id! string
        label! string
        segments_count! integer
    """,
    "TranscriptionErrorInfo": """
        code! string
        message! string
    """,
    "TranscriptionListResponse": """
        has_more! boolean
        next_cursor string?
        total! integer
        data TranscriptionResponse[]
    """,
    "TranscriptionResponse": """
        id! string
        object string
        status! string
        language string?
        text string?
        segments SegmentResponse[]?
        speakers SpeakerInfo[]?
        progress ProgressResponse?
        duration_seconds number?
        processing_time_seconds number?
        error TranscriptionErrorInfo?
        metadata object?
        created_at string?
        completed_at string?
        result_url string?
        audio_url string?
        audio_download_url string?
        url! string
    """,
    "UsageResponse": """
        tier! string
        requests_minute! QuotaInfo
        requests_hour! QuotaInfo
        requests_day! QuotaInfo
        concurrent_jobs! QuotaInfo
        websocket_connections! QuotaInfo
        audio_minutes_month QuotaInfo?
        total_requests! integer
        total_jobs integer
        total_audio_minutes number
        account_created_at! string
    """,
    "WebhookListResponse": """
        has_more! boolean
        next_cursor string?
        total! integer
        data WebhookResponse[]
    """,
    "WebhookResponse": """
        id! string
        object string
        url! string
        events! string[]
        name string?
        description string?
        status! string
        total_deliveries integer
        successful_deliveries integer
        failed_deliveries integer
        last_delivery_at string?
        last_failure_reason string?
        created_at! string
        updated_at string?
    """,
    "WebSocketBufferClearedMessage": """
        type! string
        cleared_bytes! integer
        session_id! string
    """,
    "WebSocketChunkReceivedMessage": """
        type! string
        chunk_number! integer
        buffer_size! integer
        session_id! string
    """,
    "WebSocketErrorMessage": """
        type! string
        error! string
        session_id string
        supported_formats string[]
    """,
    "WebSocketFormatAcceptedMessage": """
        type! string
        format! string
        sample_rate! integer
        channels! integer
        bit_depth! integer
        session_id! string
    """,
    "WebSocketPongMessage": """
        type! string
        session_id! string
        buffer_size integer
        session_duration_seconds number
    """,
    "WebSocketReadyMessage": """
        type! string
        session_id! string
        format! string
        sample_rate! integer
        job_id string
    """,
    "WebSocketTranscriptionMessage": """
        type! string
        transcription! string
        language! string
        is_final! boolean
        is_turn boolean
        duration_seconds! number
        processing_time_seconds! number
        audio_size_bytes integer
        session_id! string
        job_id string
    """,
    "WebSocketTurnDetectedMessage": """
        type! string
        transcription! string
        language! string
        turn_start_ms! integer
        turn_end_ms! integer
        duration_seconds number
        processing_time_seconds number
        session_id! string
    """,
    "WebhookTestResponse": """
        success! boolean
        status_code! integer
        response_body string
        error string
        duration_ms! integer
    """,
}
"""As documented: a field, `!` where it is required, its type, `?` where it may be null, `[]` for a list of it."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
}


def fields_of(schema: str) -> dict[str, tuple[bool, str]]:
    """Give whether each field is required, and its type."""
    rows = (line.split() for line in TABLES[schema].strip().splitlines())
    return {name.rstrip("!"): (name.endswith("!"), kind) for name, kind in rows}


def check(schema: str, value: object, place: str = "") -> None:
    """Hold a value against a table."""
    assert isinstance(value, dict), f"{place} is no {schema}"
    for name, (required, kind) in fields_of(schema).items():
        where = f"{place}{schema}.{name}"
        assert not required or name in value, f"{where} is missing"
        if name in value:
            check_type(kind, value[name], where)


def check_type(kind: str, value: object, where: str) -> None:
    """Hold one field's value against its type."""
    if value is None:
        assert kind.endswith("?"), f"{where} is null"
        return
    kind = kind.rstrip("?")
    if kind.endswith("[]"):
        assert isinstance(value, list), where
        for number, each in enumerate(value):
            check_type(kind[:-2], each, f"{where}[{number}]")
    elif kind in TABLES:
        check(kind, value, f"{where} ")
    else:
        assert isinstance(value, TYPES[kind]), f"{where} is {value!r}, not {kind}"
        assert kind != "integer" or not isinstance(value, bool), where


def test_the_service(trusting: Server) -> None:
    """What it is, how it is, what it can do, and what was used of it."""
    for schema, path in (
        ("RootResponse", "/lesan/"),
        ("HealthResponse", "/lesan/health"),
        ("LanguagesResponse", "/v1/languages"),
        ("UsageResponse", "/v1/usage"),
        ("AdminModelsResponse", "/v1/admin/models"),
    ):
        check(schema, trusting.get(path).json())
    check("AdminModelActionResponse", trusting.post("/v1/admin/models/en/load").json())
    check("AdminModelActionResponse", trusting.post("/v1/admin/models/en/unload").json())


def test_transcriptions(trusting: Server) -> None:
    """From the first answer to the last, with speakers; lists, batches, uploads and probes."""
    file = {"file": BECKETT.read_bytes()}
    check("TranscriptionResponse", trusting.post("/v1/transcriptions", files=file).json())
    wish = {"mode": "sync", "diarize": "true"}
    done = trusting.post("/v1/transcriptions", files=file, data=wish).json()
    check("TranscriptionResponse", done)
    assert done["segments"]
    assert done["speakers"]
    failed = trusting.post("/v1/transcriptions", files={"file": b"x"}, data=wish).json()
    check("TranscriptionResponse", failed)
    assert failed["error"]
    check("TranscriptionListResponse", trusting.get("/v1/transcriptions?limit=1").json())
    batch = trusting.post("/v1/transcriptions/batch", files={"files": BECKETT.read_bytes()}).json()
    check("TranscriptionResponse", batch)
    check("FileUploadResponse", trusting.post("/v1/uploads", files=file).json())
    check("SignedUrlResponse", trusting.get("/v1/uploads/signed-url?filename=a.wav").json())
    lead = trusting.request("GET", f"{done['url']}/audio", allow_redirects=False).headers["location"]
    check("MediaProbeResponse", trusting.post("/v1/media/probe", json={"url": lead}).json())
    check("DeleteResponse", trusting.request("DELETE", done["url"]).json())


def test_webhooks(trusting: Server) -> None:
    """Registered, listed, tried out."""
    made = trusting.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/hook"})
    assert made.status_code == 201
    check("WebhookResponse", made.json())
    check("WebhookListResponse", trusting.get("/v1/webhooks").json())
    check("WebhookTestResponse", trusting.post(f"/v1/webhooks/{made.json()['id']}/test").json())


def test_keys(trusting: Server) -> None:
    """Made, listed, shown, changed, rotated, counted and revoked."""
    made = trusting.post("/v1/admin/keys", json={"name": "one", "expires_in_days": 3}).json()
    check("APIKeyCreatedResponse", made)
    check("APIKeyListResponse", trusting.get("/v1/admin/keys").json())
    path = f"/v1/admin/keys/{made['id']}"
    check("APIKeyResponse", trusting.get(path).json())
    check("APIKeyResponse", trusting.request("PATCH", path, json={"name": "two"}).json())
    rotated = trusting.post(f"{path}/rotate", json={"grace_minutes": 5}).json()
    check("APIKeyRotatedResponse", rotated)
    check("AdminKeyStatsResponse", trusting.get("/v1/admin/keys/stats").json())
    check("RevokeKeyResponse", trusting.post(f"/v1/admin/keys/{rotated['new_key']['id']}/revoke", json={}).json())


def test_errors(trusting: Server) -> None:
    """All in one shape, with FastAPI's beside it where a value is wrong."""
    answers = [
        requests.get(f"{trusting.url}/v1/usage", timeout=10),
        trusting.get("/v1/transcriptions/none"),
        trusting.get("/v1/transcriptions?limit=0"),
        trusting.post("/v1/webhooks", json={"url": "ftp://x"}),
    ]
    for answer in answers:
        told = answer.json()
        assert told["error"].keys() >= {"type", "code", "message"}
        assert ("detail" in told) == (answer.status_code == 422)


def test_the_live_socket(trusting: Server) -> None:
    """Every message of a session, in order."""
    sound = to_pcm(samples_of(BECKETT, 0.0, 2.6)[None])
    with talking(trusting, "language=en&turn_detection=server_vad") as talk:
        check("WebSocketReadyMessage", talk.hear("ready"))
        for schema, sent, kind in (
            ("WebSocketPongMessage", "PING", "pong"),
            ("WebSocketErrorMessage", "FORMAT:mp3", "error"),
            ("WebSocketFormatAcceptedMessage", "FORMAT:pcm_s16le", "format_accepted"),
            ("WebSocketChunkReceivedMessage", sound + bytes(32_000), "chunk_received"),
        ):
            talk.socket.send(sent)
            check(schema, talk.hear(kind))
        check("WebSocketTurnDetectedMessage", talk.hear("turn_detected"))
        check("WebSocketBufferClearedMessage", talk.ask("CLEAR", "buffer_cleared"))
        check("WebSocketTranscriptionMessage", talk.ask("TRANSCRIBE", "transcription"))
        check("WebSocketTranscriptionMessage", talk.ask("END", "transcription"))
