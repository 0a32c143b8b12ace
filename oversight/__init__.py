"""The audit of regional distribution: findings, disputes, re-allocation, safeguards."""
