"""Benchmarks: the real program on a real terminal against what Textual itself costs, measured in the same run."""
