"""Pools, the equity formula, envelopes, awards, the ledger, disbursements, reports."""
