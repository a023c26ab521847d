"""Which endings of names mean images, documents of several pages, archives or nothing to see, and what to do then.

A name is a hint only: what is opened is told by its first bytes (:mod:`imgsim.images.signatures`).
"""

from __future__ import annotations

READ = "PNG, TIFF, JPEG (also MPO), WebP, BMP, JPEG 2000, GIF, AVIF, HEIC and JPEG XL"
READ_FROM = f"{READ} are read, and the pages of PDFs and TIFFs, from folders and zips."

_TIFF = frozenset((".tif", ".tiff"))
IMAGE_SUFFIXES = _TIFF | frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".dib", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf",
     ".jpx", ".gif", ".avif", ".heic", ".heif", ".hif", ".jxl")
)  # fmt: skip
PDF = ".pdf"
ZIPS = frozenset((".zip", ".cbz"))
OTHER_ARCHIVES = frozenset((".rar", ".cbr", ".7z", ".cb7", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".tbz", ".txz"))

_RAW = frozenset(
    (".raw", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".orf", ".rw2", ".raf", ".pef", ".srw",
     ".dng", ".dcr", ".kdc", ".mrw", ".3fr", ".fff", ".iiq", ".rwl", ".x3f", ".erf", ".mef", ".mos")
)  # fmt: skip
_TO_PNG = "Convert it to PNG or TIFF."
_REMEDIES = {
    ".djvu": "Convert it to PDF or TIFF (with DjView, or with: ddjvu -format=tiff IN.djvu OUT.tif).",
    ".ps": "Convert it to PDF (with Ghostscript: ps2pdf IN.ps).",
    ".eps": "Convert it to PDF or PNG (with Ghostscript: ps2pdf IN.eps).",
    ".svg": "It is a drawing, not a scan: save it as PNG.",
    ".epub": "It is an e-book: unpack it (it is a zip) and name its folder of images.",
}
# Images all the same, but none that imgsim opens: they are listed, so that nobody misses them without a word.
OTHER_IMAGES = _RAW | frozenset(
    (".eps", ".ps", ".svg", ".fits", ".fit", ".psd", ".psb", ".djvu", ".djv", ".pbm", ".pgm", ".ppm", ".pnm", ".pam",
     ".tga", ".ico", ".xcf", ".ai", ".exr", ".hdr", ".pcx", ".jxr", ".wdp", ".xbm", ".xpm", ".epub", ".sid", ".ecw",
     ".qoi", ".sgi", ".ras", ".jls", ".dcm", ".indd", ".cdr", ".wmf", ".emf", ".pict", ".pct")
)  # fmt: skip
# Files that lie beside scans and are evidently no images: they are counted, and need no line each.
NO_IMAGES = frozenset(
    (".txt", ".csv", ".tsv", ".xml", ".json", ".jsonl", ".md", ".html", ".htm", ".css", ".js", ".pdfmarks", ".log",
     ".xls", ".xlsx", ".ods", ".doc", ".docx", ".odt", ".rtf", ".tex", ".bib", ".ris", ".enw", ".yaml", ".yml",
     ".toml", ".ini", ".cfg", ".py", ".r", ".ipynb", ".sh", ".bat", ".sql", ".sqlite", ".db", ".md5", ".sha1",
     ".sha256", ".xmp", ".thm", ".lnk", ".url", ".webloc", ".ppt", ".pptx", ".mp3", ".wav", ".mp4", ".mov", ".avi",
     ".mkv", ".hocr", ".alto", ".mets", ".abw", ".par2", ".sfv", ".npy", ".npz", ".parquet", ".pth", ".safetensors",
     ".onnx", ".exe", ".dll", ".icc", ".icm", ".ttf", ".otf")
)  # fmt: skip
# What may be sent to Search by image, the usual first: there is room for some only.
_USUAL = ("jpg", "png", "tif", "webp", "heic", "avif", "jp2", "gif", "jxl", "bmp")
UPLOADS = (*_USUAL, *sorted({suffix[1:] for suffix in IMAGE_SUFFIXES} - set(_USUAL)))


def unread(suffix: str) -> str | None:
    """Why a file of this suffix is not read, and what to do; None for one that may be."""
    if suffix in OTHER_ARCHIVES:
        return f"of archives only zip is read, not {suffix[1:]}. Unpack it first."
    if suffix not in OTHER_IMAGES:
        return None
    if suffix in _RAW:
        return (
            f"{suffix[1:].upper()} is a camera's raw file, which imgsim does not read. Develop it to TIFF or JPEG "
            "(with darktable, RawTherapee or the maker's program)."
        )
    remedy = _REMEDIES.get(".djvu" if suffix == ".djv" else suffix, _TO_PNG)
    return f"{suffix[1:].upper()} is not a format that imgsim reads. {remedy}"
