"""PDFs written object by object: pages that are scans in every dress, pages that are not, and documents that attack."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from tests import jbig2
from tests.hostile import drawing, encode

INCH = 72


@dataclass
class Pdf:
    """A document in the making; object 1 is its catalogue, object 2 the list of its pages."""

    objects: dict[int, bytes] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    catalogue: str = ""

    def add(self, content: bytes | str) -> int:
        number = len(self.objects) + 3
        self.objects[number] = content.encode("latin-1") if isinstance(content, str) else content
        return number

    def stream(self, data: bytes, facts: str = "") -> int:
        return self.add(f"<< {facts} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    def image(self, data: bytes, size: tuple[int, int], facts: str) -> int:
        return self.stream(data, f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} {facts}")

    def page(self, content: str, resources: str = "", box: str = "[0 0 288 384]", more: str = "") -> None:
        stream = self.stream(content.encode())
        self.pages.append(
            self.add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents {stream} 0 R "
                f"/Resources << {resources} >> {more} >>"
            )
        )

    def written(self) -> bytes:
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        self.objects[1] = f"<< /Type /Catalog /Pages 2 0 R {self.catalogue} >>".encode()
        self.objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>".encode()
        out, places = io.BytesIO(), {}
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for number in sorted(self.objects):
            places[number] = out.tell()
            out.write(f"{number} 0 obj\n".encode() + self.objects[number] + b"\nendobj\n")
        start, count = out.tell(), max(self.objects) + 1
        out.write(f"xref\n0 {count}\n0000000000 65535 f \n".encode())
        out.writelines(f"{places[number]:010} 00000 n \n".encode() for number in range(1, count))
        out.write(f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
        return out.getvalue()


def jpeg(image: Image.Image, quality: int = 95, **options: object) -> bytes:
    return encode(image, "JPEG", quality=quality, **options)


_PLACED = "q 288 0 0 384 0 0 cm /I Do Q"


def scanned(data: bytes, size: tuple[int, int], facts: str, content: str = _PLACED, **page: str) -> bytes:
    """A document of one page that shows one image."""
    pdf = Pdf()
    pdf.page(content, f"/XObject << /I {pdf.image(data, size, facts)} 0 R >>", **page)
    return pdf.written()


GREY, COLOUR = "/ColorSpace /DeviceGray /BitsPerComponent 8", "/ColorSpace /DeviceRGB /BitsPerComponent 8"


def text(words: str, mode: int = 0) -> str:
    return f"BT /F 20 Tf {mode} Tr 20 200 Td ({words}) Tj ET"


FONT = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def scans(plate: Image.Image) -> dict[str, tuple[bytes, bytes | None]]:
    """Pages that are one scan of a grey plate: name -> (document, the bytes of the scan where they are an image)."""
    grey, size, colour = np.asarray(plate), plate.size, plate.convert("RGB")
    photo, wavelets = jpeg(plate), encode(plate, "JPEG2000")
    pixels, dct = zlib.compress(grey.tobytes()), f"{GREY} /Filter /DCTDecode"
    flate = "/Filter /FlateDecode"
    ink = plate.convert("1", dither=Image.Dither.NONE)
    bits, lut = zlib.compress(ink.tobytes()), "".join(f"{v:02x}" * 3 for v in range(255, -1, -1))
    fax = encode(ink, "TIFF", compression="group4")
    at = int(Image.open(io.BytesIO(fax)).tag_v2[273][0])  # type: ignore[attr-defined]
    upside = np.ascontiguousarray(grey[::-1])
    found: dict[str, tuple[bytes, bytes | None]] = {
        "JPEG": (scanned(photo, size, dct), photo),
        "JPEG in colour": (scanned(one := jpeg(colour), size, f"{COLOUR} /Filter /DCTDecode"), one),
        "JPEG, packed again": (
            scanned(zlib.compress(photo), size, f"{GREY} /Filter [/FlateDecode /DCTDecode]"), photo,
        ),
        "JPEG 2000": (scanned(wavelets, size, "/Filter /JPXDecode"), wavelets),
        "JPEG with letters that are not seen": (
            _with(photo, size, dct, f"{_PLACED} {text('recognised', 3)}"), photo,
        ),
        "JPEG over letters": (_with(photo, size, dct, f"{text('hidden')} {_PLACED}"), photo),
        "JPEG in a group": (_in_a_group(photo, size, dct), photo),
        "JPEG in a margin": (scanned(photo, size, dct, "q 216 0 0 288 36 48 cm /I Do Q"), photo),
        "Flate": (scanned(pixels, size, f"{GREY} {flate}"), None),
        "Flate in colour": (scanned(zlib.compress(colour.tobytes()), size, f"{COLOUR} {flate}"), None),
        "inverted by its decoding": (
            scanned(zlib.compress((255 - grey).tobytes()), size, f"{GREY} {flate} /Decode [1 0]"), None,
        ),
        "table of colours": (
            scanned(zlib.compress((255 - grey).tobytes()), size,
                    f"/ColorSpace [/Indexed /DeviceRGB 255 <{lut}>] /BitsPerComponent 8 {flate}"), None,
        ),
        "CMYK": (
            scanned(zlib.compress(_inks(grey)), size, f"/ColorSpace /DeviceCMYK /BitsPerComponent 8 {flate}"), None,
        ),
        "CMYK JPEG": (
            scanned(jpeg(Image.frombytes("CMYK", size, _inks(grey)), quality=98), size,
                    "/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Decode [1 0 1 0 1 0 1 0] /Filter /DCTDecode"), None,
        ),
        "16 bits": (
            scanned(zlib.compress((grey.astype(">u2") * 257).tobytes()), size,
                    f"/ColorSpace /DeviceGray /BitsPerComponent 16 {flate}"), None,
        ),
        "upside down in the file, put right": (
            scanned(zlib.compress(upside.tobytes()), size, f"{GREY} {flate}", "q 288 0 0 -384 0 384 cm /I Do Q"), None,
        ),
    }  # fmt: skip
    one_bit = {
        "one bit": scanned(bits, size, f"/ColorSpace /DeviceGray /BitsPerComponent 1 {flate}"),
        "fax": scanned(
            fax[at:], size,
            "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode "
            f"/DecodeParms << /K -1 /Columns {size[0]} /Rows {size[1]} /BlackIs1 {_black_is_one(fax)} >>",
        ),
    }  # fmt: skip
    for stripes in (1, 3):
        facts = "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode"
        one_bit[f"JBIG2 in {stripes}"] = scanned(jbig2.packed(ink, stripes=stripes), size, facts)
    return found | {name: (data, None) for name, data in one_bit.items()}


def _black_is_one(fax: bytes) -> str:
    photometric = Image.open(io.BytesIO(fax)).tag_v2[262]  # type: ignore[attr-defined]
    return "true" if photometric == 1 else "false"


def _inks(grey: np.ndarray) -> bytes:
    inks = np.zeros((*grey.shape, 4), np.uint8)
    inks[..., 3] = 255 - grey
    return inks.tobytes()


def _with(data: bytes, size: tuple[int, int], facts: str, content: str) -> bytes:
    pdf = Pdf()
    pdf.page(content, f"/XObject << /I {pdf.image(data, size, facts)} 0 R >> {FONT}")
    return pdf.written()


def _in_a_group(data: bytes, size: tuple[int, int], facts: str) -> bytes:
    pdf = Pdf()
    inner = f"/Resources << /XObject << /I {pdf.image(data, size, facts)} 0 R >> >>"
    form = pdf.stream(b"q 144 0 0 192 0 0 cm /I Do Q", f"/Type /XObject /Subtype /Form /BBox [0 0 144 192] {inner}")
    pdf.page("q 2 0 0 2 0 0 cm /G Do Q", f"/XObject << /G {form} 0 R >>")
    return pdf.written()


def turned(plate: Image.Image) -> dict[str, bytes]:
    """The plate, upright on pages that turn the scan, or as a JPEG whose EXIF says something that no page heeds."""
    found = {}
    for degrees in (90, 180, 270):
        stored = plate.rotate(degrees, expand=True)  # against the clock; the page turns it back
        photo, box = jpeg(stored), f"[0 0 {stored.width} {stored.height}]"
        content = f"q {stored.width} 0 0 {stored.height} 0 0 cm /I Do Q"
        for name, data, facts in (
            ("JPEG", photo, f"{GREY} /Filter /DCTDecode"),
            ("Flate", zlib.compress(stored.tobytes()), f"{GREY} /Filter /FlateDecode"),
            ("JPEG 2000", encode(stored, "JPEG2000"), "/Filter /JPXDecode"),
        ):
            more = f"/Rotate {degrees}"
            found[f"{name}, turned by {degrees}"] = scanned(data, stored.size, facts, content, box=box, more=more)
    exif = Image.Exif()
    exif[0x0112] = 6
    said = jpeg(plate, exif=exif)
    found["EXIF that no page heeds"] = scanned(said, plate.size, f"{GREY} /Filter /DCTDecode")
    mirrored = plate.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    found["JPEG, mirrored"] = scanned(
        jpeg(mirrored), plate.size, f"{GREY} /Filter /DCTDecode", "q -288 0 0 384 288 0 cm /I Do Q"
    )
    return found


def bombs() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Documents that ask for too much: name -> (document, a word of the reason)."""
    nothing = zlib.compress(bytes(1_000_000))

    def many() -> bytes:
        pdf = Pdf()
        page = pdf.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
        pdf.pages = [page] * 10_000
        return pdf.written()

    return {
        "10,000 pages": (many, "10,000 pages"),
        "3600 megapixels": (
            lambda: scanned(nothing, (60_000, 60_000), f"{GREY} /Filter /FlateDecode"), "60,000 x 60,000",
        ),
        "3600 megapixels, fax": (
            lambda: scanned(
                bytes(2_000), (60_000, 60_000),
                "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 "
                "/Columns 60000 /Rows 60000 >>",
            ),
            "60,000 x 60,000",
        ),
        "drawing of two gigabytes": (_endless_drawing, "memory|seconds"),
    }  # fmt: skip


def repeated(block: bytes, times: int) -> bytes:
    """What zlib packs of a block so many times, though each but the first is packed once for all."""
    packer = zlib.compressobj(9)
    first, again = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    step_a, step_b = (zlib.adler32(block, 0) >> shift & 0xFFFF for shift in (0, 16))
    a, b = 1, 0  # the checksum of the whole, block by block
    for _ in range(times):
        a, b = (a + step_a) % 65_521, (b + len(block) * a + step_b) % 65_521
    return first + again * (times - 1) + b"\x03\x00" + (b << 16 | a).to_bytes(4, "big")


def _endless_drawing() -> bytes:
    packed = repeated(b"0 0 m 9 9 l S\n" * 80_000, 1_900)
    pdf = Pdf()
    stream = pdf.stream(packed, "/Filter /FlateDecode")
    pdf.pages.append(pdf.add(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents {stream} 0 R >>"))
    return pdf.written()


def encrypted() -> bytes:
    """A document that a password locks (the standard handler's oldest form; nobody has the password)."""
    whole = scanned(jpeg(drawing(60, 80)), (60, 80), f"{GREY} /Filter /DCTDecode")
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /ID [<00> <00>] " + lock)


def scripted() -> bytes:
    """A page with scripts, a form, and a file attached to it; all would do something when they are opened."""
    pdf = Pdf()
    plate = drawing(288, 384)
    image = pdf.image(jpeg(plate), plate.size, f"{GREY} /Filter /DCTDecode")
    script = pdf.add("<< /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\); while\\(1\\);) >>")
    launch = pdf.add("<< /S /Launch /F (/bin/sh) >>")
    file = pdf.stream(b"MZ evil", "/Type /EmbeddedFile")
    spec = pdf.add(f"<< /Type /Filespec /F (evil.exe) /EF << /F {file} 0 R >> >>")
    pdf.catalogue = (
        f"/OpenAction {script} 0 R /Names << /EmbeddedFiles << /Names [(evil.exe) {spec} 0 R] >> "
        f"/JavaScript << /Names [(go) {script} 0 R] >> >>"
    )
    pdf.page(_PLACED, f"/XObject << /I {image} 0 R >>", more=f"/AA << /O {launch} 0 R >>")
    return pdf.written()
