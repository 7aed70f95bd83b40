"""Putting a finished folder in the place of the old one, so that no reader finds half of either."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def swap_in(new: Path, place: Path) -> None:
    """Let the folder `new` stand at `place`; what stood there goes.

    Linux exchanges the two in one step. Elsewhere the old folder is renamed first, and `recover`
    brings it back when the run was killed between the two steps.
    """
    if not place.exists():
        os.rename(new, place)
    elif _exchanged(new, place):
        shutil.rmtree(new)
    else:
        old = _aside(place)
        shutil.rmtree(old, ignore_errors=True)
        os.rename(place, old)
        os.rename(new, place)
        shutil.rmtree(old)


def recover(place: Path) -> None:
    """Bring back the folder that a killed run had set aside."""
    old = _aside(place)
    if old.exists() and not place.exists():
        os.rename(old, place)


def _aside(place: Path) -> Path:
    """Where the old folder stands for a moment."""
    return place.with_name(f".{place.name}.old")


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders by renameat2(2); False where the system or file system cannot."""
    system = ctypes.CDLL(None)
    if not hasattr(system, "renameat2"):
        return False
    names = (os.fsencode(one), os.fsencode(other))
    return system.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0
