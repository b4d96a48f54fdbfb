"""When garbage is collected: not while the program starts, and rarely once it has (performance.md §2)."""

import gc


def hold() -> None:
    """Collect nothing for now: what start-up makes stays, and looking through it again and again makes it slower."""
    gc.disable()


def settle() -> None:
    """Start-up is over, if it was held: what it made is never looked at again, and collections become rare."""
    if gc.isenabled():
        return
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)
