"""The Platform API over httpx. It knows no screen and no file."""
