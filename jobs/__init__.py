"""The job row that a worker takes, its progress and its sweeper."""
