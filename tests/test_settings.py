"""Settings are read once, and what cannot be right is refused by name."""

import re

import pytest

from voxhall.errors import Misconfigured
from voxhall.settings import read_settings


def test_networks_that_may_be_reached_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comma-separated in the environment."""
    monkeypatch.setenv("VOXHALL_NET_ALLOW", "10.0.0.0/8, fd00::/8")
    assert read_settings().net_allow == ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize("value", ["intranet", "10.0.0.1/8", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(value: str) -> None:
    """With the value in the sentence."""
    with pytest.raises(Misconfigured, match=value.partition("/")[0]):
        read_settings(net_allow=value)


@pytest.mark.parametrize("value", ["https://app.example.com/", "app.example.com", "*", "https://[app"])
def test_what_is_no_origin_is_refused(value: str) -> None:
    """A browser would never send it."""
    with pytest.raises(Misconfigured, match=re.escape(repr(value))):
        read_settings(cors_origins=f"https://fine.example.com, {value}")
