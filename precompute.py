#!/usr/bin/env python3
"""Prepare a collection of plates for the app: python precompute.py FOLDER --name NAME. See --help."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs an older Python should read why it fails
    sys.exit("precompute.py needs Python 3.11 or later; this is " + sys.version.split()[0] + ".")

if __name__ == "__main__":
    from imgsim.cli import environment

    try:
        environment.enter(environment.APP)
        from imgsim.cli.prepare_command import main

        sys.exit(main())
    except KeyboardInterrupt:  # before anything was begun: libraries were being read
        sys.exit(130)
