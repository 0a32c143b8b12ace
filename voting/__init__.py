"""Elections, voter rolls, ballots, manifests, tallies and the counting rules."""
