"""The terminal app: screens wire, widgets show."""
