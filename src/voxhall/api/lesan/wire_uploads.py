"""The exact JSON of the Lesan dialect's uploads."""

from pydantic import BaseModel

from voxhall.api.values import rounded
from voxhall.domain.transcription import Upload
from voxhall.services.uploads import SCHEME
from voxhall.text.times import iso_utc


class FileUploadResponse(BaseModel):
    """Response after file upload."""

    file_id: str
    file_url: str
    filename: str
    size_bytes: int
    content_type: str
    duration_seconds: float | None
    expires_at: str | None


class SignedUrlResponse(BaseModel):
    """Response with signed upload URL."""

    upload_url: str
    file_id: str
    file_url: str
    method: str = "PUT"
    headers: dict[str, str]
    expires_in: int
    max_size_bytes: int


def uploaded(upload: Upload) -> FileUploadResponse:
    """Write an upload that has arrived."""
    return FileUploadResponse(
        file_id=upload.uid,
        file_url=SCHEME + upload.uid,
        filename=upload.filename,
        size_bytes=upload.size or 0,
        content_type=upload.content_type,
        duration_seconds=rounded(upload.duration),
        expires_at=iso_utc(upload.expires_at),
    )


def promised(upload: Upload, link: str, *, seconds: int, most: int) -> SignedUrlResponse:
    """Write where an upload is to be sent."""
    return SignedUrlResponse(
        upload_url=link,
        file_id=upload.uid,
        file_url=SCHEME + upload.uid,
        headers={"Content-Type": upload.content_type},
        expires_in=seconds,
        max_size_bytes=most,
    )
