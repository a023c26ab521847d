"""What catalogues say about centuries, their parts and those of decades, folded as in ``date_words``."""

from __future__ import annotations

from imgsim.catalogue.dates.date_words import word_set

CENTURY = word_set(
    "century centuries cent c jahrhundert jahrhunderts jahrhunderte jahrhunderten jh jhs jhd jhdt jhdts jhds "
    "siecle siecles s secolo secoli sec secc siglo siglos eeuw eeuwse eeuws eeuwen saec saeculum saeculo "
    "saeculi saeculorum seculo seculi saecula vuosisata vuosisadan vuosisadalla vuosisadalta vs arhundradet "
    "arhundrade arhundradets arh vuosisatojen sekel seklet seklets"
)
CENTURY_NAMES = {
    "duecento": 13, "trecento": 14, "quattrocento": 15, "cinquecento": 16, "seicento": 17, "settecento": 18,
    "ottocento": 19, "novecento": 20,
}  # fmt: skip
ORDINALS = {
    1: (
        "first 1st erste ersten erster erstes erst premier premiere 1er 1re primo prima primer primero primera "
        "eerste ensimmainen ensimmaisen ensimmaisella primum primi forsta"
    ),
    2: (
        "second 2nd zweite zweiten zweiter zweites deuxieme second seconde secondo seconda segundo segunda "
        "tweede toinen toisen toisella secunda secundi andra"
    ),
    3: (
        "third 3rd dritte dritten dritter drittes troisieme terzo terza tercer tercero tercera derde kolmas "
        "kolmannen kolmannella tertium tertii tredje"
    ),
    4: (
        "fourth 4th vierte vierten vierter viertes quatrieme quarto quarta cuarto cuarta vierde neljas "
        "neljannen neljannella quartum quarti fjarde"
    ),
    13: "thirteenth dreizehnte dreizehnten dreizehntes treizieme dertiende trettonde tredicesimo decimotercero",
    14: (
        "fourteenth vierzehnte vierzehnten vierzehntes quatorzieme veertiende fjortonde quattordicesimo "
        "decimocuarto"
    ),
    15: (
        "fifteenth funfzehnte funfzehnten funfzehntes quinzieme vijftiende femtonde quindicesimo decimoquinto "
        "viidestoista"
    ),
    16: (
        "sixteenth sechzehnte sechzehnten sechzehntes seizieme zestiende sextonde sedicesimo decimosexto "
        "kuudestoista"
    ),
    17: (
        "seventeenth siebzehnte siebzehnten siebzehntes dixseptieme zeventiende sjuttonde diciassettesimo "
        "decimoseptimo decimosettimo seitsemastoista"
    ),
    18: (
        "eighteenth achtzehnte achtzehnten achtzehntes dixhuitieme achttiende artonde adertonde diciottesimo "
        "decimottavo decimoctavo kahdeksastoista"
    ),
    19: (
        "nineteenth neunzehnte neunzehnten neunzehntes dixneuvieme negentiende nittonde diciannovesimo "
        "decimonono decimonoveno yhdeksastoista"
    ),
    20: (
        "twentieth zwanzigste zwanzigsten zwanzigstes vingtieme twintigste tjugonde ventesimo vigesimo "
        "kahdeskymmenes"
    ),
}
ORDINAL = {word: number for number, words in ORDINALS.items() for word in words.split()}
LAST = word_set(
    "last final letzte letzten letzter letztes dernier derniere ultimo ultima ultimi laatste viimeinen "
    "viimeisella sista"
)

# Parts of a century or decade, with how many of them make it whole.
_PARTS = {
    2: (
        "half halfte halfter hlfte moitie meta mitad helft puolisko puoliskolla puoliskon puoli halften halft "
        "dimidium dimidio medietas"
    ),
    3: "third drittel tiers terzo tercio derde kolmannes kolmanneksella tredjedel tredjedelen",
    4: (
        "quarter viertel quart quarto cuarto kwart neljannes neljannesvuosisata neljanneksella neljanneksen "
        "fjardedel fjardedelen kvartal quadrans quadrante"
    ),
    10: (
        "decade jahrzehnt decennie decennio decada decennium vuosikymmen vuosikymmenella artionde artiondet "
        "decenniet"
    ),
}
PARTS = {word: number for number, words in _PARTS.items() for word in words.split()}
EARLY = word_set(
    "early beginning start begin anfang anfangs beginn fruhes fruhe fruhen debut commencement inizio inizi "
    "principio principios comienzos inicios vroege vroeg aanvang ineunte ineuntis in initio alku alussa alun "
    "alkupuoli alkupuolella alkupuolen borjan tidigt tidig beginnend"
)
MIDDLE = word_set(
    "mid middle mitte milieu mediados midden medio med medii mediante puolivali puolivalissa puolivalin "
    "keskivaihe keskivaiheilla mitten mellersta halverwege"
)
LATE = word_set(
    "late end ende spates spate spaten fin fine finales fines final eind einde laat exeunte exeuntis ex exeunt "
    "loppu lopussa lopun lopulla loppupuoli loppupuolella loppupuolen slutet slut sent sen ausgehend"
)
HALVES = {  # one word for a half; it stands behind its century
    "alkupuoli": 1, "alkupuolella": 1, "alkupuolen": 1, "loppupuoli": 2, "loppupuolella": 2, "loppupuolen": 2,
}  # fmt: skip
# A part that stands behind its century, whatever follows it.
BEHIND = word_set(
    "alku alussa alun loppu lopussa lopun lopulla puolivali puolivalissa puolivalin keskivaihe keskivaiheilla "
    "ineunte ineuntis exeunte exeuntis ex in med mediante"
) | frozenset(HALVES)
