"""Plan = desired - confirmed; apply; timers and leases."""
