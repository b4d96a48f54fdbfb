"""Modal dialogs that any screen may open."""
