"""What stands behind the pages.

The state in the address, caches, routes, the gate in front of them, background work.
"""
