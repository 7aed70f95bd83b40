"""Errors in a study: where, what, and how to fix it."""

from __future__ import annotations

from collections.abc import Sequence


class StudyError(Exception):
    """A specification, a program or an unreadable file: the run stops.

    `where` is a file, a dataset or a variable as the reader knows it, `what` says what is wrong,
    `fix` says what to do. The command line prints the three parts and never a traceback.
    """

    def __init__(self, where: str, what: str, fix: str) -> None:
        """Keep the three parts; the message joins them."""
        super().__init__(f"{where}: {what}\n  fix: {fix}")
        self.where, self.what, self.fix = where, what, fix

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the three parts, for errors that come from another process."""
        return type(self), (self.where, self.what, self.fix)


class StudyErrors(StudyError):
    """Several errors of one kind, collected and raised together."""

    def __init__(self, errors: Sequence[StudyError]) -> None:
        """Print every error; `where`, `what` and `fix` are those of the first."""
        first = errors[0]
        super().__init__(first.where, first.what, first.fix)
        self.errors = list(errors)
        self.args = ("\n".join(str(error) for error in errors),)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the errors."""
        return StudyErrors, (self.errors,)


def raise_all(errors: Sequence[StudyError]) -> None:
    """Raise nothing for none, the error itself for one, all of them together for more."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise StudyErrors(errors)


def listed(values: Sequence[object], most: int = 5) -> str:
    """The first `most` values as a reader would list them: 'a', 'b', 'c' and 4 more."""
    shown = ", ".join(
        repr(value) if isinstance(value, str) else str(value) for value in values[:most]
    )
    more = len(values) - most
    return f"{shown} and {more} more" if more > 0 else shown


def file_error(error: OSError) -> str:
    """A failed read or write in three parts."""
    name = error.filename or "a file of the build"
    return (
        f"error: {name}: {error.strerror}\n"
        "  fix: free space on the disk or correct the permissions, then run again; "
        "what was finished stays"
    )
