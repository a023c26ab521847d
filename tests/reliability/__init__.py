"""What must not go wrong, tried from the outside: one module for each row of docs/promises.md, named after it.

A test takes the fixture ``tally`` and counts with it what it tries. ``python -m tests.reliability`` runs them all and
writes the figures survived / tried into docs/promises.md; a run of all tests fails where they no longer agree.
"""
