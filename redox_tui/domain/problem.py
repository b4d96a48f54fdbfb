"""What every error is made of that a person is told: the network's and the store's say it in the same three parts."""


class Problem(Exception):
    """What happened (`title`), to what (`detail`), what to do next (`hint`)."""

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.detail, self.hint) if part)
