"""The Lesan dialect's JSON of quotas and usage, as its document has it."""

from pydantic import BaseModel

from voxhall.accounts.limits import Allowance
from voxhall.accounts.usage import Account
from voxhall.domain.record import Quota
from voxhall.text.times import iso_utc


class QuotaInfo(BaseModel):
    """How much of a quota is used; unlimited reads 2147483647."""

    limit: int
    used: int
    remaining: int
    reset_at: str | None = None


class UsageResponse(BaseModel):
    """What the account has used, and how much is left."""

    tier: str
    requests_minute: QuotaInfo
    requests_hour: QuotaInfo
    requests_day: QuotaInfo
    concurrent_jobs: QuotaInfo
    websocket_connections: QuotaInfo
    audio_minutes_month: QuotaInfo | None = None
    total_requests: int
    total_jobs: int
    total_audio_minutes: float
    account_created_at: str


def usage(account: Account, tier: str) -> UsageResponse:
    """Show what an account has used."""
    quotas = {quota: _quota(account.allowances[quota]) for quota in Quota}
    return UsageResponse(
        tier=tier,
        requests_minute=quotas[Quota.REQUESTS_MINUTE],
        requests_hour=quotas[Quota.REQUESTS_HOUR],
        requests_day=quotas[Quota.REQUESTS_DAY],
        concurrent_jobs=quotas[Quota.CONCURRENT_JOBS],
        websocket_connections=quotas[Quota.WEBSOCKET_CONNECTIONS],
        audio_minutes_month=quotas[Quota.AUDIO_MINUTES_MONTH],
        total_requests=account.requests,
        total_jobs=account.transcribed.times,
        total_audio_minutes=round(account.transcribed.seconds / 60, 3),
        account_created_at=iso_utc(account.created_at),
    )


def _quota(allowance: Allowance) -> QuotaInfo:
    return QuotaInfo(
        limit=allowance.limit,
        used=allowance.used,
        remaining=allowance.remaining,
        reset_at=iso_utc(allowance.reset_at),
    )
