"""A prepared collection on disk: one folder, one live generation, read with every check.

    data/<name>/
      CURRENT                      the name of the live generation; replaced atomically, last
      inputs.json                  what the last run was asked for, should the manifest be lost
      generations/<id>/
        manifest.json              everything :mod:`imgsim.generation.layout` says; carries its own hash
        catalogue.parquet          the row order of everything below
        skipped.csv                what could not be read, and why
        thumbnails/<sha256>.webp   longest side 320 px, named by the content of the plate's file
        thumbnails.sha256          SHA-256 of each thumbnail, as ``sha256sum -c`` reads it
        <backbone>/embeddings.npy  float32 (n_plates, dim), unit rows
        <backbone>/neighbours.npz  indices int32 (n_plates, k), similarities float32 (n_plates, k)
        <backbone>/background.npy  float32 (10001,), quantiles of the similarity of random pairs
        <backbone>/projection_<method>.npy   float32 (n_plates, 2)
        <backbone>/mirrored.npy    float32 (n_plates, dim), embeddings of the plates flipped left to right
        <backbone>/parts.npy       float32 (n_plates, 5, dim), embeddings of five parts of each plate, by the first
                                   backbone; missing with ``--no-parts``
        features/                  local features of all plates and their index, mapped into memory; in sums.npy a
                                   checksum a plate
        matches.parquet            one row a pair that was compared by local features
        <backbone>/pairs.npy       float32 (n_pairs,), the similarity of each of those pairs; missing in collections of
                                   former versions
        families.parquet           one row a plate that is tied to others
      work/                        what an interrupted run has done so far, and what the input files looked like
      settings.json                what a person chose for the collection (:mod:`imgsim.collection.settings`)
      source/                      what was fetched or handed in: iiif/, own-1/ ...
      run/                         what the app asked of the last run that it started, and what that said
      lock                         held by the one run that may write

Mirrored embeddings, parts, features, matches, their similarities and families are missing where plates were not
compared (``--no-verify``, or a first run that is still at it).
:mod:`~imgsim.generation.generation` is what the app needs; :mod:`~imgsim.generation.publishing` is for the pipeline.
"""

from imgsim.base.places import data_dir
from imgsim.collection.collection import Collection
from imgsim.collection.opening import CollectionInfo, list_collections, open_collection, open_generation

__all__ = ["Collection", "CollectionInfo", "data_dir", "list_collections", "open_collection", "open_generation"]
