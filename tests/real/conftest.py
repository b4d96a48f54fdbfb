"""These tests exist only where the messages are."""

from tests.real.given import PAYLOADS

collect_ignore_glob = [] if PAYLOADS.is_dir() else ["test_*.py"]
