"""What the benchmark of speed measures, each in a process of its own."""

import tempfile
import time
from pathlib import Path

import numpy as np


def naive(name: str, weights: Path, files: list, out: Path) -> dict:
    """The notebook's loop: one image at a time, eager torch with its own choice of threads."""
    start = time.perf_counter()
    import torch
    from PIL import Image

    from imgsim.backbones import BACKBONES, bound_to, load_state
    from imgsim.backbones.loading import build_network, torchvision_models

    torchvision_models()
    from torchvision import transforms

    backbone = bound_to(BACKBONES[name], weights)
    model = build_network(backbone, load_state(backbone, weights)).get_submodule("body")
    side = backbone.input_size
    prepare = transforms.Compose(
        [
            transforms.Resize((side, side)),
            *([transforms.Grayscale()] if backbone.channels == 1 else []),
            transforms.ToTensor(),
            transforms.Normalize(backbone.mean, backbone.std),
        ]
    )
    rows = []
    began = time.perf_counter()
    for file in files:
        image = Image.open(Path(file.root) / file.file).convert("RGB")
        with torch.no_grad():
            rows.append(model(prepare(image).unsqueeze(0))[0].numpy())
    ended = time.perf_counter()
    vectors = np.stack(rows)
    np.save(out, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    return {"rate": len(files) / (ended - began), "start": began - start}


def ours(name: str, weights: Path, files: list, out: Path, *, thumbnails: bool) -> dict:
    """The run that precompute makes. Its rate is taken once all workers are under way; starting is told apart."""
    from imgsim.prepare.plate_shards import Asked, PlateResult
    from imgsim.prepare.processor import look_at_plates

    vectors: dict[str, np.ndarray] = {}
    times: list[float] = []
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        asked = [Asked(file, frozenset([name])) for file in files]
        for one in look_at_plates(
            asked, {name: weights}, thumbnails=Path(folder) if thumbnails else None, device="cpu"
        ):
            times.append(time.perf_counter())
            if isinstance(one, PlateResult):
                vectors[one.plate_id] = one.embeddings[name]
    np.save(out, np.stack([vectors[file.plate_id] for file in files]))
    return {"rate": steady_rate(times), "start": times[0] - start}


def steady_rate(times: list[float]) -> float:
    """Return results a second from the first results, which come a batch at once, to the last."""
    first = sum(1 for moment in times if moment - times[0] < 0.02)
    return (len(times) - first) / (times[-1] - times[0])


def same(name: str, weights: Path, files: list) -> dict:
    """Compare our engine with eager float32 on the same shaped plates."""
    import torch

    from imgsim.backbones import BACKBONES, load_network
    from imgsim.backbones.embedder import Embedder
    from imgsim.images.decoding import open_image

    embedder = Embedder(name, weights, device="cpu")
    arrays = np.stack([embedder.backbone.shape(open_image(file.read()).image) for file in files])
    with torch.inference_mode():
        eager = load_network(BACKBONES[name], weights)(torch.from_numpy(arrays)).numpy()
    return {"lowest": float((embedder.embed_arrays(arrays) * eager).sum(axis=1).min())}


def ceiling(what: str, name: str, weights: Path, files: list) -> dict:
    """Reading alone, or the network alone, in one process of one thread a core, and nothing between them."""
    from multiprocessing import get_context

    from imgsim.backbones import BACKBONES
    from imgsim.backbones.engines import prepare_engine
    from imgsim.workers.processes import available_cores

    cores = available_cores()
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        engine = prepare_engine(BACKBONES[name], weights, "cpu", Path(folder))
        barrier, results = context.Barrier(cores), context.Queue()
        start = time.perf_counter()
        workers = [
            context.Process(target=alone, args=(what, engine, files[part::cores], barrier, results))
            for part in range(cores)
        ]
        for worker in workers:
            worker.start()
        spans = [results.get() for _ in workers]
        for worker in workers:
            worker.join()
    began, ended = min(span[0] for span in spans), max(span[1] for span in spans)
    return {"rate": len(files) / (ended - began), "start": began - start}


def alone(what: str, engine, files: list, barrier, results) -> None:
    """What one worker of the ceiling does: read its files, or run the network over as many images."""
    from imgsim.prepare.plate_shards import Asked, Job, open_plate
    from imgsim.prepare.processor import CPU_BATCH

    backbone = engine.backbone
    if what == "decode":
        job, names = Job("alone", {backbone.name: engine}, CPU_BATCH), frozenset([backbone.name])
        open_plate(Asked(files[0], names), job)
        barrier.wait()
        began = time.perf_counter()
        for file in files:
            open_plate(Asked(file, names), job)
    else:
        forward = engine.load(CPU_BATCH, threads=1)
        shape = (CPU_BATCH, backbone.channels, backbone.input_size, backbone.input_size)
        images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        forward(images)
        barrier.wait()
        began = time.perf_counter()
        for start in range(0, len(files), CPU_BATCH):
            forward(images[: len(files) - start])
    results.put((began, time.perf_counter()))
