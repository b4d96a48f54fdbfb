"""Consent: a change of live traffic wants a name typed in production, else a yes; patient data in a file a word."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redox_tui.cli.asking import Secrets
from redox_tui.cli.exits import CommandError, Exit
from redox_tui.domain.production import is_production
from redox_tui.domain.records import CONSENT

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient
    from redox_tui.domain.logs import Environment

_ID_PART: Final = 8


async def confirm_filter(
    client: "PlatformClient", options: argparse.Namespace, environment: str | None, name: str, filter_id: str, what: str
) -> None:
    """Let a change of one filter be confirmed, by its name in production; CommandError where it is not."""
    if _is_production(await _environment(client, environment)):
        _name_agrees(options, (name, filter_id[:_ID_PART]), f"{what}\nThis is PRODUCTION.")
    elif not options.yes and not Secrets(None).agrees(what, "yes"):
        raise CommandError("Nothing was changed.", Exit.REFUSED)


async def confirm_plan(
    client: "PlatformClient", options: argparse.Namespace, environment: str | None, what: str
) -> None:
    """Let a plan be confirmed, in production by the name of the environment; elsewhere its digest is enough."""
    found = await _environment(client, environment)
    if _is_production(found):
        name = (found.name if found else None) or environment or ""
        _name_agrees(options, (name, (environment or "")[:_ID_PART]), f"{what}\nThis is PRODUCTION.")


def confirm_messages(options: argparse.Namespace, path: Path, folder: str) -> None:
    """Let it be confirmed that messages, which are patient data, go into a file (PH-12); CommandError where it is not.

    `folder` says who else can look into the folder of that file, where somebody can.
    """
    if options.yes_patient_data:
        return
    what = f"Messages are patient data. They go into {path}, which you alone can read."
    try:
        agrees = Secrets(None).agrees("\n".join((what, *([folder] if folder else ()), "Write them?")), CONSENT)
    except CommandError:
        raise CommandError(
            "Messages are patient data, and there is no terminal to ask on: --yes-patient-data agrees. "
            "Nothing was written.",
            Exit.REFUSED,
        ) from None
    if not agrees:
        raise CommandError("Nothing was written.", Exit.REFUSED)


async def _environment(client: "PlatformClient", environment: str | None) -> "Environment | None":
    """The environment, None where the server does not tell, which counts as production."""
    from redox_tui.api.errors import NotAuthorized, NotFound

    try:
        found = await client.directory.environments()
    except (NotFound, NotAuthorized):
        return None
    return next((one for one in found if one.id == environment), None)


def _is_production(environment: "Environment | None") -> bool:
    return is_production(environment.flag if environment else None)


def _name_agrees(options: argparse.Namespace, names: tuple[str, str], question: str) -> None:
    """By `--confirm`, else on the terminal. A name that cannot be typed is replaced by the first part of the id."""
    name, part = names
    wanted = name if name and name.isprintable() and name == name.strip() else part
    if options.confirm is None:
        try:
            agrees = Secrets(None).agrees(question, wanted)
        except CommandError:
            raise CommandError(f"Production wants --confirm “{wanted}”. Nothing was changed.", Exit.REFUSED) from None
        if not agrees:
            raise CommandError("Nothing was changed.", Exit.REFUSED)
    elif options.confirm not in (name, part) or not options.confirm:
        raise CommandError(
            f"--confirm says “{options.confirm}”, and it is “{wanted}”. Nothing was changed.", Exit.REFUSED
        )
