"""Date statements made from templates in nine languages, each with the years that are right by how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Ends = tuple[int | None, int | None]
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
    (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A statement with places for numbers, the years that it means, and where it makes sense."""

    language: str
    text: str
    ends: Callable[[int], Ends]
    sure: str = "certain"
    fits: Callable[[int], bool] = lambda year: True


def roman(number: int) -> str:
    """A Roman numeral with its subtractions."""
    written = ""
    for value, letters in _ROMAN:
        while number >= value:
            written, number = written + letters, number - value
    return written


def _additive(number: int) -> str:
    """As printers set it: MDCCXXXXVIIII."""
    return roman(number).replace("CM", "DCCCC").replace("CD", "CCCC").replace("XC", "LXXXX").replace(
        "XL", "XXXX").replace("IX", "VIIII").replace("IV", "IIII")  # fmt: skip


def filled(template: Template, year: int) -> str:
    """The statement of one year."""
    written = roman(year)
    century = year // 100 + 1
    english = {1: "st", 2: "nd", 3: "rd"}.get(century % 10 if century not in (11, 12, 13) else 0, "th")
    turned = "CIↃ" + _additive(year - 1000).replace("D", "IↃ")
    return template.text.format(
        y=year, s=f"{year + 1}"[-1], ss=f"{year + 1}"[-2:], next=year + 1, later=year + 8, later2=f"{year + 8}"[-2:],
        before=year - 1, tens=year // 10, zero=year // 10 * 10, hundreds=year // 100, first3=year // 10,
        last=year % 10, last2=f"{year % 100:02}", c=century, cth=f"{century}{english}", rc=roman(century),
        rcbefore=roman(century - 1), cbefore=century - 1, hundred=year // 100 * 100,
        r=written, rl=written.lower(), ra=_additive(year), rd=". ".join(_grouped(written)) + ".", rx=".".join(written),
        turned=turned, rep=roman(year - 1791) if 1792 <= year <= 1804 else "", repn=year - 1791,
    )  # fmt: skip


def _grouped(written: str) -> list[str]:
    groups: list[str] = []
    for letter in written:
        family = {"M": 0, "D": 1, "C": 1, "L": 2, "X": 2, "V": 3, "I": 3}[letter]
        if groups and {"M": 0, "D": 1, "C": 1, "L": 2, "X": 2, "V": 3, "I": 3}[groups[-1][0]] == family:
            groups[-1] += letter
        else:
            groups.append(letter)
    return groups


def _exact(year: int) -> Ends:
    return (year, year)


def _next(year: int) -> Ends:
    return (year, year + 1)


def _later(year: int) -> Ends:
    return (year, year + 8)


def _decade(year: int) -> Ends:
    return (year // 10 * 10, year // 10 * 10 + 9)


def _century(year: int) -> Ends:
    return (year // 100 * 100, year // 100 * 100 + 99)


def _two_centuries(year: int) -> Ends:
    return (year // 100 * 100 - 100, year // 100 * 100 + 99)


def _until(year: int) -> Ends:
    return (None, year)


def _before(year: int) -> Ends:
    return (None, year - 1)


def _from(year: int) -> Ends:
    return (year, None)


def _after(year: int) -> Ends:
    return (year + 1, None)


def _part(first: int, last: int) -> Callable[[int], Ends]:
    return lambda year: (year // 100 * 100 + first, year // 100 * 100 + last)


_FIRST, _SECOND = _part(0, 49), _part(50, 99)
_EARLY, _MIDDLE, _LATE = _part(0, 33), _part(33, 66), _part(66, 99)
_THIRD_QUARTER = _part(50, 74)
_KEEPS_CENTURY = lambda year: year % 100 < 90  # noqa: E731
_KEEPS_DECADE = lambda year: year % 10 < 9  # noqa: E731
_NO_MONTH = lambda year: year % 100 > 12 and year % 10 < 9 and year % 100 not in range(20, 25)  # noqa: E731
_NO_CENTURY = lambda year: year % 100 >= 10  # noqa: E731

TEMPLATES: list[Template] = []


def _add(language: str, ends: Callable[[int], Ends], *texts: str, sure: str = "certain",
         fits: Callable[[int], bool] = lambda year: True) -> None:  # fmt: skip
    TEMPLATES.extend(Template(language, text, ends, sure, fits) for text in texts)


# ---- in no language
_add(
    "any", _exact, "{y}", " {y} ", "{y}.0", "[{y}]", "({y})", "{y}.", "{r}", "{rl}", "{ra}", "{rd}", "{rx}", "{rd} [{y}]",
    "{y}-03-17", "{y}-03-17T00:00:00Z", "{y}-12-01 00:00:00", "17.3.{y}", "17.03.{y}", "17. 3. {y}", "3/17/{y}", "17/3/{y}",
    "17.III.{y}", "03/{y}", "{y}/03/17", "{y}0317", "{before} [i.e. {y}]", "{before} [{y}]", "©{y}", "{before} [recte {y}]",
    "{before} [i. e. {y}]", "{before}, i.e. {y}", "{before} [={y}]", "{before} (i.e. {y})", "{hundreds}[{last2}]",
    "s{y}    ", "Londini, {y}", "{y}, 4to", "{turned}", "Paris: Durand, {y}.",
)  # fmt: skip
_add("any", _exact, "{y}?", "[{y}?]", "{first3}[{last}?]", "{y} (?)", "{y} [?]", sure="uncertain")
_add("any", _exact, "{y}~", "~{y}", "[ca. {y}]", "c. {y}", "ca.{y}", "c1752".replace("1752", "{y}"), sure="approximate")
_add("any", _next, "{y}-{next}", "{y}/{next}", "[{y}-{next}]", "{y}–{next}", "{y} - {next}", "{y},{next}", "[{y}]-[{next}]",
     "{y} & {next}", "[{y}]-{next}")  # fmt: skip
_add("any", _next, "{y}-{ss}", "{y}/{ss}", "{y}-{s}", "{y},{s}", "{y}/{s}", "{y}–{ss}", fits=_NO_MONTH)
_add("any", _later, "{y}-{later}", "{y}/{later}", "[{y}-{later}]", "q{y}{later}", "m{y}{later}", "{y} – {later}")
_add("any", _later, "{y}-{later2}", fits=lambda year: _KEEPS_CENTURY(year) and year % 100 > 4 and year % 100 + 8 > 24)
_add("any", _decade, "{tens}X", "{tens}u", "{tens}-", "{tens}--{last}".replace("--{last}", "-"), "[{tens}-]", "{tens}x",
     "{zero}-{tens}9", "{tens}0/{tens}9")  # fmt: skip
_add("any", _decade, "[{tens}-?]", "{tens}-?", "{tens}X?", "[{tens}?]", sure="uncertain")
_add("any", _century, "{hundreds}--", "{hundreds}XX", "{hundreds}uu", "[{hundreds}--]", "{hundreds}..", "{hundred}-{hundreds}99")
_add("any", _century, "[{hundreds}--?]", "{hundreds}--?", "{hundreds}XX?", sure="uncertain")
_add("any", _until, "../{y}", "/{y}", "-{y}")
_add("any", _from, "{y}/..", "{y}-", "[{y}-", "{y}/")

# ---- English
_add("en", _exact, "17 March {y}", "March 17, {y}", "March {y}", "Sept. {y}", "printed in the year {y}", "A.D. {y}", "{y} AD",
     "Anno {y}", "MDCC [i.e. {y}]", "copyright {y}", "{before} [corrected {y}]", "London : printed for T. Osborne, {y}",
     "published {y}", "year {y}")  # fmt: skip
_add("en", _exact, "circa {y}", "about {y}", "around {y}", "approximately {y}", "ca. March {y}", sure="approximate")
_add("en", _exact, "probably {y}", "perhaps {y}", "possibly {y}", "{y}, probably", sure="uncertain")
_add("en", _next, "between {y} and {next}", "{y} or {next}", "[{y} or {next}]", "from {y} to {next}", "{y} to {next}",
     "[between {y} and {next}]", "not before {y} and not after {next}", "March {y} - May {next}", "{y} and {next}",
     "after {before} and before {later}".replace("{later}", "{next}") + " or in {next}")  # fmt: skip
_add("en", _decade, "{zero}s", "the {zero}s", "{zero}'s", "between {zero} and {tens}9", fits=_NO_CENTURY)
_add("en", _decade, "c. {zero}s", "circa {zero}s", sure="approximate", fits=_NO_CENTURY)
_add("en", _century, "{cth} century", "{cth} cent.", "{cth} c.", "{cth}-century", "the {cth} century", "{hundred}s", "C{c}",
     "{cth} Century, London")  # fmt: skip
_add("en", _two_centuries, "{cbefore}th-{cth} century", "{cbefore}th or {cth} century", "{cbefore}th-{cth} centuries",
     "{cbefore}th century - {cth} century", fits=lambda year: year >= 1600)  # fmt: skip
_add("en", _FIRST, "first half of the {cth} century", "1st half {cth} cent.", "{cth} century, first half")
_add("en", _SECOND, "second half of the {cth} century", "2nd half of the {cth} c.", "last half of the {cth} century")
_add("en", _THIRD_QUARTER, "third quarter of the {cth} century", "3rd quarter {cth} century", "{cth} century (3rd quarter)")
_add("en", _EARLY, "early {cth} century", "beginning of the {cth} century", sure="approximate")
_add("en", _MIDDLE, "mid {cth} century", "mid-{cth} century", "middle of the {cth} century", sure="approximate")
_add("en", _LATE, "late {cth} century", "end of the {cth} century", sure="approximate")
_add("en", _before, "before {y}", "[before {y}]", "earlier than {y}")
_add("en", _until, "not after {y}", "no later than {y}", "until {y}", "{y} or earlier", "by {y}", "in or before {y}", "up to {y}",
     "before or in {y}")  # fmt: skip
_add("en", _after, "after {y}", "[after {y}]", "{before} [= after {y}]", "later than {y}")
_add("en", _from, "not before {y}", "from {y}", "since {y}", "{y} or later", "[not before {y}]", "{y} onwards", "in or after {y}",
     "not earlier than {y}")  # fmt: skip

# ---- German
_add("de", _exact, "17. März {y}", "im Jahr {y}", "März {y}", "den 17. Maerz {y}", "gedruckt {y}", "{before} [vielmehr {y}]",
     "{before} [richtig: {y}]", "{before} [d.i. {y}]", "Jänner {y}", "{before} [eigentlich {y}]", "Leipzig, im Mai {y}",
     "Nürnberg: Knorr, {y}", "{y} n. Chr.", "gedr. {y}", "Anno {y}")  # fmt: skip
_add("de", _exact, "um {y}", "etwa {y}", "ca. {y}", "gegen {y}", "zirka {y}", "[um {y}]", "ungefähr {y}", sure="approximate")
_add("de", _exact, "vermutlich {y}", "wahrscheinlich {y}", "wohl {y}", "vielleicht {y}", "möglicherweise {y}", sure="uncertain")
_add("de", _next, "zwischen {y} und {next}", "{y} oder {next}", "{y} bis {next}", "von {y} bis {next}", "{y} und {next}",
     "[zwischen {y} und {next}]")  # fmt: skip
_add("de", _decade, "{zero}er Jahre", "{zero}er", "die {zero}er Jahre", "in den {zero}er Jahren", fits=_NO_CENTURY)
_add("de", _century, "{c}. Jahrhundert", "{c}. Jh.", "{c}. Jhdt.", "{c}.Jh.", "im {c}. Jahrhundert", "{c}. Jhd.", "[{c}. Jh.]")
_add("de", _two_centuries, "{cbefore}./{c}. Jahrhundert", "{cbefore}.-{c}. Jh.", "{cbefore}. oder {c}. Jahrhundert",
     "{cbefore}. bis {c}. Jahrhundert", fits=lambda year: year >= 1600)  # fmt: skip
_add("de", _FIRST, "1. Hälfte des {c}. Jahrhunderts", "erste Hälfte {c}. Jh.", "1. Hälfte {c}. Jh.", "{c}. Jh., 1. Hälfte",
     "1. H. {c}. Jh.".replace("H.", "Hälfte"), "{c}. Jahrhundert, erste Hälfte")  # fmt: skip
_add("de", _SECOND, "2. Hälfte des {c}. Jahrhunderts", "zweite Hälfte des {c}. Jahrhunderts", "{c}. Jh. (2. Hälfte)")
_add("de", _THIRD_QUARTER, "3. Viertel {c}. Jh.", "drittes Viertel des {c}. Jahrhunderts", "3. Viertel des {c}. Jahrhunderts")
_add("de", _EARLY, "Anfang {c}. Jh.", "Anfang des {c}. Jahrhunderts", "frühes {c}. Jahrhundert", sure="approximate")
_add("de", _MIDDLE, "Mitte {c}. Jh.", "Mitte des {c}. Jahrhunderts", sure="approximate")
_add("de", _LATE, "Ende {c}. Jh.", "Ende des {c}. Jahrhunderts", "spätes {c}. Jahrhundert", sure="approximate")
_add("de", _before, "vor {y}", "[vor {y}]")
_add("de", _until, "nicht nach {y}", "bis {y}", "spätestens {y}", "{y} oder früher", "vor oder in {y}")
_add("de", _after, "nach {y}", "[nach {y}]")
_add("de", _from, "nicht vor {y}", "ab {y}", "seit {y}", "frühestens {y}", "{y} oder später", "{y} ff.")

# ---- French
_add("fr", _exact, "17 mars {y}", "le 17 mars {y}", "1er août {y}", "mars {y}", "l'an {y}", "en {y}", "imprimé en {y}",
     "l'année {y}", "{before} [c'est-à-dire {y}]", "déc. {y}", "A Paris, chez Durand, {y}", "{before} [i.e. {y}]", "impr. {y}",
     "DL {y}")  # fmt: skip
_add("fr", _exact, "vers {y}", "environ {y}", "[vers {y}]", "autour de {y}", sure="approximate")
_add("fr", _exact, "peut-être {y}", "probablement {y}", "vraisemblablement {y}", sure="uncertain")
_add("fr", _next, "entre {y} et {next}", "{y} ou {next}", "de {y} à {next}", "{y} à {next}", "{y} et {next}", "[{y} ou {next}]")
_add("fr", _decade, "années {zero}", "les années {zero}", "décennie {zero}", fits=_NO_CENTURY)
_add("fr", _century, "{rc}e siècle", "{c}e siècle", "{rc}e s.", "{rc}ème siècle", "{rc} siècle", "{c}ème siècle", "le {rc}e siècle")
_add("fr", _two_centuries, "{rcbefore}e-{rc}e siècles", "{rcbefore}e ou {rc}e siècle", "{rcbefore}e et {rc}e siècles",
     fits=lambda year: year >= 1600)  # fmt: skip
_add("fr", _FIRST, "première moitié du {rc}e siècle", "1re moitié du {rc}e siècle", "{rc}e siècle, 1re moitié",
     "1ère moitié {rc}e s.")  # fmt: skip
_add("fr", _SECOND, "seconde moitié du {rc}e siècle", "2e moitié du {rc}e siècle", "deuxième moitié du {rc}e siècle")
_add("fr", _THIRD_QUARTER, "troisième quart du {rc}e siècle", "3e quart du {rc}e siècle", "3e quart {rc}e s.")
_add("fr", _EARLY, "début du {rc}e siècle", "début {rc}e siècle", "commencement du {rc}e siècle", sure="approximate")
_add("fr", _MIDDLE, "milieu du {rc}e siècle", "milieu {rc}e siècle", sure="approximate")
_add("fr", _LATE, "fin du {rc}e siècle", "fin {rc}e siècle", sure="approximate")
_add("fr", _before, "avant {y}", "[avant {y}]")
_add("fr", _until, "jusqu'en {y}", "au plus tard {y}", "au plus tard en {y}", "pas après {y}", "{y} ou avant", "jusqu'à {y}")
_add("fr", _after, "après {y}", "[après {y}]")
_add("fr", _from, "pas avant {y}", "depuis {y}", "à partir de {y}", "au plus tôt {y}", "{y} ou après")
_add("fr", _exact, "an {rep} [{y}]", "l'an {rep} ({y})", "an {repn} [{y}]", "[An {rep}] [{y}]", "an {rep} = {y}",
     fits=lambda year: 1792 <= year <= 1804)  # fmt: skip
_add("fr", _next, "an {rep}", "l'an {rep}", "an {repn}", "an {rep} de la République", "An {rep} de la République française",
     fits=lambda year: 1792 <= year <= 1804)  # fmt: skip
_add("fr", _exact, "18 brumaire an {rep}", "vendémiaire an {rep}", "1er frimaire, l'an {rep}", fits=lambda y: 1792 <= y <= 1804)
_add("fr", lambda y: (y + 1, y + 1), "9 thermidor an {rep}", "floréal an {rep}", fits=lambda y: 1792 <= y <= 1804)

# ---- Italian
_add("it", _exact, "17 marzo {y}", "1° maggio {y}", "li 17 giugno {y}", "marzo {y}", "nell'anno {y}", "stampato nel {y}", "nel {y}",
     "{before} [cioè {y}]", "{before} [ossia {y}]", "In Venezia, {y}", "l'anno {y}")  # fmt: skip
_add("it", _exact, "circa {y}", "{y} circa", "verso il {y}", "ca. {y}", "intorno al {y}", "[{y} ca.]", sure="approximate")
_add("it", _exact, "forse {y}", "probabilmente {y}", sure="uncertain")
_add("it", _next, "tra il {y} e il {next}", "fra il {y} ed il {next}", "{y} o {next}", "dal {y} al {next}", "{y} e {next}",
     "tra {y} e {next}")  # fmt: skip
_add("it", _decade, "anni {zero}", "decennio {zero}", "gli anni {zero}", fits=_NO_CENTURY)
_add("it", _century, "sec. {rc}", "secolo {rc}", "{rc} secolo", "{rc} sec.", "s. {rc}", "[sec. {rc}]", "nel secolo {rc}")
_add("it", _century, "Settecento", "il Settecento", fits=lambda year: 1700 <= year <= 1799)
_add("it", _century, "Seicento", "'Seicento", fits=lambda year: 1600 <= year <= 1699)
_add("it", _two_centuries, "sec. {rcbefore}-{rc}", "secc. {rcbefore}-{rc}", "{rcbefore}-{rc} sec.", "sec. {rcbefore} o {rc}",
     fits=lambda year: year >= 1600)  # fmt: skip
_add("it", _FIRST, "prima metà del {rc} secolo", "prima metà del sec. {rc}", "sec. {rc}, prima metà", "sec. {rc} prima metà",
     "{rc} sec. 1a metà".replace("1a", "prima"))  # fmt: skip
_add("it", _SECOND, "seconda metà del {rc} secolo", "sec. {rc}, seconda metà", "seconda metà del secolo {rc}")
_add("it", _THIRD_QUARTER, "terzo quarto del {rc} secolo", "terzo quarto del sec. {rc}")
_add("it", _EARLY, "inizio {rc} secolo", "inizio del secolo {rc}", "inizi del sec. {rc}", sure="approximate")
_add("it", _MIDDLE, "metà del {rc} secolo", "metà {rc} secolo", "metà sec. {rc}", sure="approximate")
_add("it", _LATE, "fine {rc} secolo", "fine del sec. {rc}", "fine sec. {rc}", sure="approximate")
_add("it", _before, "prima del {y}", "ante {y}", "avanti il {y}", "[prima del {y}]")
_add("it", _until, "non dopo il {y}", "fino al {y}", "non oltre il {y}", "al più tardi {y}")
_add("it", _after, "dopo il {y}", "post {y}", "[dopo il {y}]")
_add("it", _from, "non prima del {y}", "dal {y}", "a partire dal {y}", "{y} o dopo")

# ---- Spanish
_add("es", _exact, "17 de marzo de {y}", "marzo de {y}", "a 17 de enero de {y}", "año {y}", "año de {y}", "impreso en {y}",
     "{before} [es decir {y}]", "{before} [esto es, {y}]", "Madrid, por Ibarra, {y}", "1.º de mayo de {y}", "en {y}")  # fmt: skip
_add("es", _exact, "hacia {y}", "alrededor de {y}", "aproximadamente {y}", "ca. {y}", sure="approximate")
_add("es", _exact, "quizás {y}", "probablemente {y}", "posiblemente {y}", sure="uncertain")
_add("es", _next, "entre {y} y {next}", "{y} o {next}", "de {y} a {next}", "desde {y} hasta {next}", "{y} y {next}")
_add("es", _decade, "década de {zero}", "años {zero}", "la década de {zero}", fits=_NO_CENTURY)
_add("es", _century, "siglo {rc}", "s. {rc}", "S. {rc}", "siglo {c}", "[siglo {rc}]", "en el siglo {rc}")
_add("es", _two_centuries, "siglos {rcbefore}-{rc}", "siglos {rcbefore} y {rc}", "siglo {rcbefore} o {rc}",
     fits=lambda year: year >= 1600)  # fmt: skip
_add("es", _FIRST, "primera mitad del siglo {rc}", "1.ª mitad del siglo {rc}", "siglo {rc}, primera mitad",
     "primera mitad s. {rc}")  # fmt: skip
_add("es", _SECOND, "segunda mitad del siglo {rc}", "2ª mitad del s. {rc}")
_add("es", _THIRD_QUARTER, "tercer cuarto del siglo {rc}")
_add("es", _EARLY, "principios del siglo {rc}", "comienzos del siglo {rc}", "inicios del s. {rc}", sure="approximate")
_add("es", _MIDDLE, "mediados del siglo {rc}", sure="approximate")
_add("es", _LATE, "finales del siglo {rc}", "fines del siglo {rc}", sure="approximate")
_add("es", _before, "antes de {y}", "[antes de {y}]", "anterior a {y}")
_add("es", _until, "hasta {y}", "no después de {y}", "a más tardar {y}", "{y} o antes")
_add("es", _after, "después de {y}", "[después de {y}]", "posterior a {y}")
_add("es", _from, "no antes de {y}", "desde {y}", "a partir de {y}", "{y} o después")

# ---- Dutch
_add("nl", _exact, "17 maart {y}", "17 mei {y}", "maart {y}", "in het jaar {y}", "gedrukt in {y}", "Anno {y}", "t'Amsterdam, {y}",
     "{before} [lees {y}]", "{before} [d.w.z. {y}]", "den 17 augustus {y}")  # fmt: skip
_add("nl", _exact, "omstreeks {y}", "rond {y}", "ongeveer {y}", "circa {y}", sure="approximate")
_add("nl", _exact, "waarschijnlijk {y}", "misschien {y}", "vermoedelijk {y}", sure="uncertain")
_add("nl", _next, "tussen {y} en {next}", "{y} of {next}", "van {y} tot {next}", "{y} tot en met {next}", "{y} en {next}")
_add("nl", _decade, "jaren {zero}", "de jaren {zero}", "decennium {zero}", fits=_NO_CENTURY)
_add("nl", _century, "{c}e eeuw", "{c}de eeuw", "de {c}e eeuw", "{c}e-eeuws", "[{c}e eeuw]", "{rc}e eeuw")
_add("nl", _two_centuries, "{cbefore}e-{c}e eeuw", "{cbefore}e of {c}e eeuw", "{cbefore}e/{c}e eeuw", fits=lambda year: year >= 1600)
_add("nl", _FIRST, "eerste helft {c}e eeuw", "eerste helft van de {c}e eeuw", "1e helft {c}e eeuw", "{c}e eeuw, eerste helft")
_add("nl", _SECOND, "tweede helft {c}e eeuw", "2e helft van de {c}e eeuw")
_add("nl", _THIRD_QUARTER, "derde kwart {c}e eeuw", "3e kwart van de {c}e eeuw")
_add("nl", _EARLY, "begin {c}e eeuw", "begin van de {c}e eeuw", "vroege {c}e eeuw", sure="approximate")
_add("nl", _MIDDLE, "midden {c}e eeuw", "midden van de {c}e eeuw", sure="approximate")
_add("nl", _LATE, "eind {c}e eeuw", "einde van de {c}e eeuw", sure="approximate")
_add("nl", _before, "voor {y}", "vóór {y}", "[vóór {y}]", "eerder dan {y}")
_add("nl", _until, "niet na {y}", "uiterlijk {y}", "niet later dan {y}", "tot {y}", "{y} of eerder")
_add("nl", _after, "na {y}", "[na {y}]")
_add("nl", _from, "niet voor {y}", "vanaf {y}", "sinds {y}".replace("sinds", "vanaf"), "{y} of later")

# ---- Latin
_add("la", _exact, "Anno {r}", "anno Domini {y}", "Anno M. DCC. LII. [{y}]", "die 17 Martii {y}", "mense Maio {r}", "Kal. Maii {r}",
     "Londini : apud J. Nourse, {r}", "Anno Salutis {y}", "A. {y}", "an. {y}", "impressum {r}", "Anno {turned}", "{before} [recte {y}]",
     "{before} [rectius {y}]", "{before} [id est {y}]", "Lugduni Batavorum, {rd}", "III. Non. Maii {r}", "17 Septembris {y}",
     "8bris {y}", "Idibus Martiis {y}".replace("Martiis", "Martii"))  # fmt: skip
_add("la", _exact, "circa annum {y}", "circiter {y}", "c. annum {y}", sure="approximate")
_add("la", _exact, "fortasse {y}", sure="uncertain")
_add("la", _next, "inter {y} et {next}", "{y} vel {next}", "{y} aut {next}", "ab anno {y} usque ad {next}", "{y} et {next}")
_add("la", _century, "saec. {rc}", "saeculo {rc}", "saeculum {rc}", "s. {rc}", "saec. {c}", "[saec. {rc}]")
_add("la", _two_centuries, "saec. {rcbefore}-{rc}", "saec. {rcbefore} vel {rc}", "saec. {rcbefore}/{rc}", fits=lambda year: year >= 1600)
_add("la", _FIRST, "saec. {rc} 1/2", "saec. {rc}, prima dimidio".replace("prima", "primo"))
_add("la", _EARLY, "saec. {rc} in.", "saec. {rc} ineunte", "ineunte saeculo {rc}", "saec. {rc} init.".replace("init.", "in."), sure="approximate")
_add("la", _MIDDLE, "saec. {rc} med.", "saec. {rc} medio", "medio saeculo {rc}", sure="approximate")
_add("la", _LATE, "saec. {rc} ex.", "saec. {rc} exeunte", "exeunte saeculo {rc}", sure="approximate")
_add("la", _before, "ante {y}", "ante annum {y}")
_add("la", _until, "non post {y}", "usque ad {y}", "usque ad annum {y}")
_add("la", _after, "post {y}", "post annum {y}")
_add("la", _from, "non ante {y}", "non ante annum {y}")

# ---- Finnish
_add("fi", _exact, "17. maaliskuuta {y}", "maaliskuussa {y}", "toukokuu {y}", "vuonna {y}", "17.3.{y}", "painettu {y}", "v. {y}",
     "{before} [oik. {y}]", "Turku, {y}", "painettu vuonna {y}")  # fmt: skip
_add("fi", _exact, "noin {y}", "n. {y}", "noin vuonna {y}", "vuoden {y} tienoilla", sure="approximate")
_add("fi", _exact, "ehkä {y}", "todennäköisesti {y}", "luultavasti {y}", sure="uncertain")
_add("fi", _next, "vuosien {y} ja {next} välillä", "{y} tai {next}", "{y} ja {next}", "vuosina {y}-{next}".replace("vuosina", "vuosien"))
_add("fi", _decade, "{zero}-luku", "{zero}-luvulla", "{zero}-luvulta", "{zero}-luvun", fits=_NO_CENTURY)
_add("fi", _century, "{hundred}-luku", "{hundred}-luvulla", "{hundred}-luvulta", "{c}. vuosisata", "{c}. vuosisadalla", "{hundred}-l.".replace("-l.", "-luku"))
_add("fi", _FIRST, "{hundred}-luvun alkupuoli", "{hundred}-luvun ensimmäinen puolisko", "{hundred}-luvun alkupuolella")
_add("fi", _SECOND, "{hundred}-luvun loppupuoli", "{hundred}-luvun jälkipuolisko".replace("jälkipuolisko", "toinen puolisko"))
_add("fi", _THIRD_QUARTER, "{hundred}-luvun kolmas neljännes")
_add("fi", _EARLY, "{hundred}-luvun alku", "{hundred}-luvun alussa", sure="approximate")
_add("fi", _MIDDLE, "{hundred}-luvun puoliväli", "{hundred}-luvun puolivälissä", sure="approximate")
_add("fi", _LATE, "{hundred}-luvun loppu", "{hundred}-luvun lopulla", sure="approximate")
_add("fi", _before, "ennen vuotta {y}", "ennen {y}")
_add("fi", _until, "vuoteen {y} asti", "{y} mennessä", "viimeistään {y}", "{y} tai aikaisemmin")
_add("fi", _after, "{y} jälkeen", "vuoden {y} jälkeen")
_add("fi", _from, "ei ennen {y}", "vuodesta {y} alkaen", "aikaisintaan {y}", "{y} tai myöhemmin")

# ---- Swedish
_add("sv", _exact, "17 mars {y}", "den 17 maj {y}", "mars {y}", "år {y}", "tryckt {y}", "tryckt år {y}", "i maj {y}", "augusti {y}",
     "{before} [egentligen {y}]", "Stockholm, {y}", "{before} [dvs. {y}]")  # fmt: skip
_add("sv", _exact, "omkring {y}", "cirka {y}", "ungefär {y}", "omkr. {y}".replace("omkr.", "kring"), sure="approximate")
_add("sv", _exact, "kanske {y}", "troligen {y}", "sannolikt {y}", sure="uncertain")
_add("sv", _next, "mellan {y} och {next}", "{y} eller {next}", "från {y} till {next}", "{y} och {next}", "mellan åren {y} och {next}".replace("åren", "år"))
_add("sv", _decade, "{zero}-talet", "{zero}-tal", "på {zero}-talet", fits=_NO_CENTURY)
_add("sv", _century, "{hundred}-talet", "{hundred}-tal", "på {hundred}-talet", "{c}:e århundradet", "{c}:e seklet")
_add("sv", _FIRST, "första hälften av {hundred}-talet", "{hundred}-talets första hälft", "förra hälften av {hundred}-talet".replace("förra", "första"))
_add("sv", _SECOND, "andra hälften av {hundred}-talet", "{hundred}-talets andra hälft", "senare hälften av {hundred}-talet".replace("senare", "andra"))
_add("sv", _THIRD_QUARTER, "tredje fjärdedelen av {hundred}-talet", "{hundred}-talets tredje fjärdedel")
_add("sv", _EARLY, "början av {hundred}-talet", "{hundred}-talets början", "tidigt {hundred}-tal", sure="approximate")
_add("sv", _MIDDLE, "mitten av {hundred}-talet", "{hundred}-talets mitt".replace("mitt", "mitten"), sure="approximate")
_add("sv", _LATE, "slutet av {hundred}-talet", "{hundred}-talets slut", "sent {hundred}-tal", sure="approximate")
_add("sv", _before, "före {y}", "innan {y}", "[före {y}]")
_add("sv", _until, "till {y}", "senast {y}", "inte efter {y}", "{y} eller tidigare")
_add("sv", _after, "efter {y}", "[efter {y}]")
_add("sv", _from, "inte före {y}", "från {y}", "tidigast {y}", "{y} eller senare")

# Written for no date, in all nine languages.
UNDATED = (
    "s.a.", "s. a.", "[s.a.]", "S.a.", "s.l., s.a.", "n.d.", "[n.d.]", "n. d.", "no date", "undated", "o.J.", "o. J.", "[o.J.]",
    "ohne Jahr", "s.d.", "s. d.", "sans date", "[S.l. : s.n., s.d.]", "senza data", "s.n.t. s.d.", "sin fecha", "s.f.", "z.j.",
    "z. j.", "zonder jaar", "u.å.", "u. å.", "utan år", "sine anno", "s.l. et a., s.a.", "n.p., n.d.", "ei vuotta", "[o.O., o.J.]",
    "unknown", "nan", "", "?", "-", "N.D.", "date unknown",
)  # fmt: skip
# What no year must be made of.
NO_DATES = (
    "17520", "175", "p. 1752", "pp. 1752-1760", "S. 1752", "Seite 1752", "1752 p.", "1752 pp.", "Bl. 1752", "fol. 1752",
    "1752 x 1200 mm", "12 x 1752 cm", "1752 mm", "1752 × 900", "1752x1200", "QK98 .B5", "QK98.B5 1752", "1752.a.5", "MS 1752",
    "Ms. 1752", "No. 1752", "Nr. 1752", "nº 1752", "inv. 1752", "1752.5", "1,752", "1.752", "£1752", "T1752", "ESTC T175212",
    "12.345.1752", "GB-1752", "Herbal", "3257", "0", "9999", "Mill", "MIX", "MM", "sheet of paper", "vol. 1752", "#1752",
    "Inv.-Nr. 1752", "tab. 1752", "1752 BC", "1752 v. Chr.", "lot 1752", "1e3", "1752-50", "0.1752", "Bd. 1752", "1752.50",
)  # fmt: skip


def statements(years: range) -> Iterator[tuple[Template, str, Ends]]:
    """Every template with every year that it fits."""
    for template in TEMPLATES:
        for year in years:
            if template.fits(year):
                yield template, filled(template, year), template.ends(year)
