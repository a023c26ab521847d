"""A verifier that needs no keypoints, and plates to try it on."""

from __future__ import annotations

from imgsim.sources.sample import draw_plate

EVERY = ("sift", "toy", "magsac")
# One that needs no keypoints: a plate is 32 x 32 grey values, and two are the same where these go together.
TOY = """
import numpy as np
from imgsim.base.verdict_words import MIRRORED, SAME
from imgsim.features.extraction import Features, no_features
from imgsim.features.working_copy import working_copy
from imgsim.verification.match import Match, look_alike
from imgsim.verification.verifiers import register



class Toy:
    name, version = "toy", 1

    def describe(self, image, size):
        grey = np.asarray(working_copy(image).resize((32, 32)), np.uint8)
        if grey.min() == grey.max():
            return no_features(size)
        points = np.tile(np.float32([size[0] / 2, size[1] / 2, size[0] / 50, 0]), (8, 1))
        return Features(size, points, grey.reshape(8, 128), np.ones(8, bool))

    def compare(self, a, b):
        if not len(a) or not len(b):
            return look_alike()
        p, q = (one.descriptors.reshape(32, 32) for one in (a, b))
        upright, turned = (np.corrcoef(x.ravel(), q.ravel())[0, 1] for x in (p, p[:, ::-1]))
        if max(upright, turned) < 0.9:
            return look_alike(8, bool(turned > upright))
        flip = np.array([[-1.0, 0, a.size[0]], [0, 1, 0], [0, 0, 1]]) if turned > upright else np.eye(3)
        scale = np.diag([b.size[0] / a.size[0], b.size[1] / a.size[1], 1])
        edges = [np.float32([(0, 0), (w, 0), (w, h), (0, h)]) for w, h in (a.size, b.size)]
        verdict = MIRRORED if turned > upright else SAME
        none = np.zeros((0, 2), np.float32)
        return Match(verdict, 8, verdict == MIRRORED, 1.0, 1.0, scale @ flip, "affine", 1.0, *edges, "", none, none)

register(Toy())
"""
PLATE = draw_plate(4_016, width=480)
OTHER = draw_plate(4_032, width=480)
