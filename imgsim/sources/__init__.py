"""Where images come from: folders and zips, published datasets, libraries' manifests, the generated sample."""
