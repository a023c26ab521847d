"""What decoders say while an image is opened: kept, each sentence once, and printed nowhere."""

from __future__ import annotations

import os
import sys
import warnings

import pytest

from imgsim.images.overheard import LONGEST, MOST, overheard


def decode(*lines: str) -> None:
    """Write as a library in C does, past Python."""
    os.write(2, "".join(f"{line}\n" for line in lines).encode())


def test_what_is_written_past_python_is_kept_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with overheard() as said:
        decode("TIFFReadDirectory: Warning, Unknown field with tag 65000.", "", "  Unknown   again. ")
        print("of Python's own", file=sys.__stderr__)
    assert said == ["TIFFReadDirectory: Warning, Unknown field with tag 65000.", "Unknown again.", "of Python's own"]
    decode("heard again")
    assert capfd.readouterr().err == "heard again\n"


def test_warnings_of_python_are_kept_but_for_those_to_programmers(capfd: pytest.CaptureFixture[str]) -> None:
    with overheard() as said:
        for _ in range(2):
            warnings.warn("Truncated File Read", UserWarning, stacklevel=1)
        warnings.warn("ask otherwise", DeprecationWarning, stacklevel=1)
    assert said == ["Truncated File Read"] and capfd.readouterr().err == ""


def test_who_says_it_and_when_is_left_out_and_no_image_says_much() -> None:
    with overheard() as said:
        decode("(process:4711): VIPS-WARNING **: 11:40:02.123: bad tile", "(process:4712): VIPS-WARNING **: bad tile")
        decode(*(f"{number}{'x' * 300}" for number in range(9)))
    assert said[0] == "bad tile" and len(said) == MOST and {len(one) for one in said[1:]} == {LONGEST}


def test_it_ends_with_the_image_however_that_ends(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError, match="broken"), overheard() as said:
        decode("not so good")
        raise OSError("broken")
    decode("heard again")
    assert said == ["not so good"] and capfd.readouterr().err == "heard again\n"
