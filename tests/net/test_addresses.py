"""Public addresses pass, all others are refused, however they are written."""

import pytest

from voxhall.errors import AddressRefused
from voxhall.net.addresses import Gate

NOT_PUBLIC = (
    "0.0.0.0",  # noqa: S104 - this machine, for some systems
    "10.0.0.1",
    "100.64.0.1",  # behind a provider's address translation
    "127.0.0.1",
    "127.9.9.9",
    "168.63.129.16",  # metadata of a cloud, under a public address
    "169.254.169.254",  # metadata of the other clouds
    "172.16.0.1",
    "192.0.0.192",  # metadata once more
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",  # compatible with IPv4, as it was once meant
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::808:808",  # NAT64 of a public address: where it leads is the network's choice
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # metadata, by IPv6
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_refused(address: str) -> None:
    """Private, shared, local, reserved, documentary, multicast, or another address in disguise."""
    with pytest.raises(AddressRefused, match="VOXHALL_NET_ALLOW"):
        Gate(()).check("host", [address])


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])
def test_what_is_public_passes(address: str) -> None:
    """As itself."""
    assert [str(each) for each in Gate(()).check("host", [address])] == [address]


def test_a_public_address_written_as_ipv6_is_connected_to_as_what_it_is() -> None:
    """The system would do the same; the check must see what it does."""
    assert [str(each) for each in Gate(()).check("host", ["::ffff:1.1.1.1"])] == ["1.1.1.1"]


def test_one_address_that_may_not_be_used_refuses_the_host() -> None:
    """Which of several is connected to would be chance."""
    with pytest.raises(AddressRefused):
        Gate(()).check("host", ["1.1.1.1", "10.0.0.1"])


def test_a_refusal_does_not_tell_the_address() -> None:
    """A caller shall not learn what names mean inside."""
    with pytest.raises(AddressRefused) as refusal:
        Gate(()).check("intranet", ["10.1.2.3"])
    assert "10.1.2.3" not in str(refusal.value)


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1"])
def test_the_operator_can_allow_networks(address: str) -> None:
    """In whatever way their addresses are written; others stay refused."""
    gate = Gate(["10.0.0.0/8"])
    assert [str(each) for each in gate.check("host", [address])] == ["10.0.0.1"]
    with pytest.raises(AddressRefused):
        gate.check("host", ["192.168.1.1"])
