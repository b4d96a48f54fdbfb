"""Going through the queries that were run, as a shell does: from what is typed to older ones, and back to it."""


class PastQueries:
    """Queries that were run, oldest first, and where one is among them."""

    def __init__(self, run: tuple[str, ...] = ()) -> None:
        self.run = run
        self._texts: tuple[str, ...] = ()
        self._place = 0

    def older(self, text: str) -> str:
        """The query before the one that stands there; who has typed begins with the newest."""
        return self._step(text, -1)

    def newer(self, text: str) -> str:
        """The query after the one that stands there, at last what had been typed."""
        return self._step(text, 1)

    def _step(self, text: str, step: int) -> str:
        if not self._texts or self._texts[self._place] != text:
            self._texts = (*(one for one in self.run if one != text), text)
            self._place = len(self._texts) - 1
        self._place = min(max(0, self._place + step), len(self._texts) - 1)
        return self._texts[self._place]
