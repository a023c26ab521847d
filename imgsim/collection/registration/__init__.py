"""Two plates laid exactly on each other: the transform from one to the other, found once and then sharpened.

Local features find the transform, on plates reduced to a few hundred pixels. Sharpening looks at the scans themselves:
small windows of the lines of one plate are sought in the other, already laid over it, by normalised correlation
(which does not mind toned paper or heavy inking), first coarsely, then at full size; the windows that agree with one
transform give it anew. Where paper has stretched or a copyist's eye has strayed no stiff sheet fits: then the windows
also give a smooth bend, a thin-plate spline (Bookstein 1989), kept only if it foretells windows left out of it.
"""

from imgsim.collection.registration.laid_copy import copy_of, in_order, laid, never_counting
from imgsim.collection.registration.line_distances import Lines, measure_lines
from imgsim.collection.registration.refinement import LEAST_WINDOWS, refine
from imgsim.collection.registration.registering import register
from imgsim.collection.registration.result import NODES, Registration, bent, reversed_

__all__ = [
    "LEAST_WINDOWS", "Lines", "NODES", "Registration", "bent", "copy_of", "in_order", "laid", "measure_lines",
    "never_counting", "refine", "register", "reversed_",
]  # fmt: skip
