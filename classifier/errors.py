"""Every failure that a user can cause or meet, as one family. Knows facts, not formatting.

    FramingError                     exit code 2
    ├── InputError                   a text could not be read
    │   └── UnsupportedInputError    a kind of file that no reader takes, or one that needs an extra
    ├── UsageError                   an option or argument that makes no sense
    ├── CodebookError                a codebook file that breaks its own rules
    ├── LabelledSetError             a labelled row that breaks the codebook, by file and line
    ├── ModelError                   a model folder that can't be trusted
    │   ├── DamagedModelError        a file is missing, cut short or altered
    │   ├── NewerModelError          written by a later version of this program
    │   └── OlderModelError          written by an earlier version, in a format that is no longer read
    └── OutputError                  a result could not be written

A bug is not in the family: it keeps its traceback.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells the shell."""

    DONE = 0
    FRAMING_FOUND = 1
    UNUSABLE = 2
    SOME_FAILED = 3
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class FramingError(Exception):
    """A failure with a message for the user: what happened, where, and what to do."""

    exit_code = ExitCode.UNUSABLE


class InputError(FramingError):
    """A text that could not be read."""


class UnsupportedInputError(InputError):
    """A kind of input that no installed reader takes."""


class UsageError(FramingError):
    """An option or argument that makes no sense here."""


class CodebookError(FramingError):
    """A codebook that breaks its own rules."""


class LabelledSetError(FramingError):
    """A labelled row that is malformed or breaks the codebook; the message names file and line."""


class ModelError(FramingError):
    """A model folder that can't be used."""


class DamagedModelError(ModelError):
    """A model file that is missing, cut short, altered or inconsistent."""


class NewerModelError(ModelError):
    """A model written in a later format than this program reads."""


class OlderModelError(ModelError):
    """A model written in an earlier format, which this program no longer reads."""


class OutputError(FramingError):
    """A result that could not be written."""
