"""What is said of an error that nobody expected: its kind and place, nothing that was in memory (security.md PH-04)."""

from pathlib import Path


def reference(error: BaseException) -> str:
    """One line: the class of the error, the place in this program, and an id that is the same for the same crash."""
    import hashlib
    import traceback

    paths = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    kind = type(error).__name__
    digest = hashlib.sha256("|".join([kind, *(f"{path.stem}:{line}" for path, line in paths)]).encode()).hexdigest()[:8]
    ours = [f"{path.stem}:{line}" for path, line in paths if "redox_tui" in path.parts]
    place = f" at {ours[-1]}" if ours else ""
    return f"internal error {kind}{place} (reference {digest}); please report this line."
