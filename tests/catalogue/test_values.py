"""What a name and a text say."""

from __future__ import annotations

from imgsim.catalogue.values import ecco_parts, natural, searchable


def test_ecco_names() -> None:
    assert ecco_parts("105280020101620_0") == ("1052800201", 162, 0)
    assert ecco_parts("090470060000120_11") == ("0904700600", 12, 11)
    assert ecco_parts("sub/090470060000120_1") == ("0904700600", 12, 1)
    for other in ("090470060000121_1", "090470060000120", "09047006000120_1", "108528621.3_0", "img001"):
        assert ecco_parts(other) is None


def test_words_and_order() -> None:
    assert (
        searchable("L'Œuvre: Pæonia ſiluestris, Ærzte & Söhne_2")
        == "l oeuvre paeonia siluestris aerzte sohne 2"
    )
    assert sorted(["p10", "p9", "P1"], key=natural) == ["P1", "p9", "p10"]
