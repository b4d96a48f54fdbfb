"""Saving a document that a payload holds: where to is asked, then it is decoded and written in a thread."""

import asyncio
from pathlib import Path
from typing import Any

from textual.app import App

from redox_tui.domain.documents import Document, NoDocument
from redox_tui.domain.problem import Problem
from redox_tui.store.new_file import write_new
from redox_tui.tui.dialogs.path import NEW_FILE, PathDialog


async def save_document(app: App[Any], document: Document) -> str:
    """Ask for a path and write the document there; what is to be said of that. Raises Problem.

    The name that is proposed says nothing about the log or the patient (security.md TS-07).
    """
    question = f"Save the document ({document.words}) as"
    path = await app.push_screen_wait(PathDialog(question, f"document.{document.suffix}", NEW_FILE))
    if path is None:
        return ""
    try:
        size = await asyncio.to_thread(write_new, Path(path).expanduser(), document.pieces())
    except NoDocument as error:
        raise Problem(str(error), hint="Nothing was written.") from None
    except RuntimeError:
        raise Problem(f"{path} names a home folder that does not exist.") from None
    return f"{size:,} bytes were written to {path}."
