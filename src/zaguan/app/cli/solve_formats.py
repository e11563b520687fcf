"""The names of the forms that `zaguan solve` reads and writes."""

from enum import StrEnum


class FileFormat(StrEnum):
    """What a problem file is."""

    OURS = "ours"
    VRPLIB = "vrplib"
    VROOM = "vroom"
