"""Self-supervised training of a backbone on a folder of plates: ``python -m imgsim.training IMAGES --out FILE``.

data.py reads the plates and draws batches, augment.py draws two appearances of a plate, loop.py pulls them together
and pushes the others apart, files.py keeps weights and checkpoints, run.py ties it all.
"""
