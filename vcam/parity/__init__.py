"""The phone's pipeline, mirrored, and the comparison with it."""
