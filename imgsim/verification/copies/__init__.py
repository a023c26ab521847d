"""Copies by another hand: a learned verifier, XFeat with LighterGlue, for pairs that SIFT rejects.

XFeat (Potje et al., CVPR 2024) describes a plate, LighterGlue, its small LightGlue (Lindenberger et al., ICCV 2023),
pairs what looks alike there. Both networks are somebody else's and not bundled: :mod:`copy_export` makes ONNX files
of them once, :mod:`copy_networks` keeps and checks these.
"""
