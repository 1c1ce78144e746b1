"""What runs later: the durable queue and its worker."""
