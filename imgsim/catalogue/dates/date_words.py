"""What catalogues say about dates, in English, German, French, Italian, Spanish, Dutch, Latin, Finnish and Swedish.

All words are folded: small letters, no diacritics, ß as ss; abbreviations without their full stops. Those of centuries
stand in :mod:`~imgsim.catalogue.dates.century_words`.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar apr jun "
    "jul aug sep sept oct nov dec januar janner jenner februar feber hornung marz maerz mai juni juli oktober "
    "dezember jann febr okt dez mrz nebr janvier fevrier mars avril juin juillet aout septembre octobre "
    "novembre decembre janv fevr avr juil gennaio febbraio marzo aprile maggio giugno luglio agosto settembre "
    "ottobre dicembre genn gen febb magg mag giu giugn lug lugl ago sett ott dic enero febrero abril mayo "
    "junio julio septiembre setiembre octubre noviembre diciembre ene abr ag januari februari maart mei "
    "augustus mrt ianuarius ianuarii ianuario januarius januarii januario februarius februarii februario "
    "martius martii martio aprilis maius maii maji maio majo iunius iunii iunio junius junii iulius iulii "
    "iulio julius julii augusti augusto septembris septembri octobris octobri novembris novembri decembris "
    "decembri ianuarias januarias februarias martias apriles maias majas iunias junias iulias julias augustas "
    "septembres octobres novembres decembres ian iun iul 7bris 8bris 9bris 10bris xbris 7bre 8bre 9bre 10bre "
    "xbre 7ber 8ber 9ber 10ber 7br 8br 9br xbr 7bri 8bri 9bri tammikuu helmikuu maaliskuu huhtikuu toukokuu "
    "kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu tammi helmi maalis huhti touko kesa heina elo "
    "syys loka marras joulu maj"
)
MONTH_STEMS = (
    "tammiku", "helmiku", "maalisku", "huhtiku", "toukoku", "kesaku", "heinaku", "eloku", "syysku", "lokaku",
    "marrasku", "jouluku",
)  # fmt: skip
REPUBLICAN_MONTHS = {
    "vendemiaire": 1, "vendem": 1, "vend": 1, "brumaire": 2, "brum": 2, "frimaire": 3, "frim": 3, "nivose": 4, "niv": 4,
    "pluviose": 5, "pluv": 5, "ventose": 6, "vent": 6, "germinal": 7, "germ": 7, "floreal": 8, "flor": 8, "prairial": 9,
    "prair": 9, "messidor": 10, "mess": 10, "thermidor": 11, "therm": 11, "fructidor": 12, "fruct": 12,
    "vendemmiaio": 1, "brumaio": 2, "frimaio": 3, "nevoso": 4, "piovoso": 5, "ventoso": 6, "germile": 7, "fiorile": 8,
    "pratile": 9, "messidoro": 10, "termidoro": 11, "fruttidoro": 12,
}  # fmt: skip
REPUBLIC = word_set(
    "republique republicain rep republ republicaine repubblicano repubblica republik francaise liberte liberta "
    "egalite"
)


CIRCA = word_set(
    "c ca circa cca cir circ circiter approx approximately about around roughly um etwa gegen ungefahr zirka "
    "circum vers environ env autour verso intorno hacia alrededor aproximadamente aprox omstreeks rond "
    "ongeveer omtrent noin n tienoilla vaiheilla seutuvilla paikkeilla omkring cirka kring ungefar near versus "
    "sub fere"
)
# "v. 1752" is vuonna (in), vor (before) or vers (about).
MAYBE = word_set(
    "v probably perhaps possibly presumably likely maybe uncertain questionable prob poss vermutlich "
    "wahrscheinlich wohl vielleicht moglicherweise vermutl wahrsch unsicher fraglich peutetre probablement "
    "vraisemblablement possiblement incertain forse probabilmente possibilmente incerto quiza quizas "
    "probablemente posiblemente dudoso acaso misschien waarschijnlijk wellicht vermoedelijk mogelijk onzeker "
    "fortasse forsan forsitan incertum probabiliter ehka todennakoisesti luultavasti mahdollisesti kanske "
    "troligen sannolikt mojligen formodligen troligtvis osaker"
)

NOT = word_set("not no nicht pas non ne niet ei inte ej icke haud kein")
BEFORE = word_set(
    "before ante vor avant prima antes voor ennen fore innan previous prior pre bef avanti eerder earlier "
    "fruher tidigare aikaisemmin aiemmin anterior anteriore"
)
AFTER = word_set(
    "after post nach apres dopo despues na jalkeen efter aft later spater senare myohemmin posterior "
    "posteriore"
)
FROM = word_set(
    "from since seit ab depuis dal dall dalla desde vanaf sedan fran alkaen lahtien inde fruhestens "
    "aikaisintaan tidigast minimum vanhintaan"
)
UNTIL = word_set(
    "until till to by bis jusqu jusque fino sino hasta tot usque asti saakka mennessa spatestens senast "
    "viimeistaan uiterlijk"
)
OR = word_set("or oder ou o oppure of vel aut tai eller u and und et e ed y en ja och")
LATER = word_set(
    "later after spater danach apres dopo successivo despues posterior nadien post postea myohemmin jalkeen "
    "senare efter onwards following ss folgende"
)
EARLIER = word_set(
    "earlier before fruher davor avant prima anteriore antes anterior eerder ante antea aikaisemmin aiemmin "
    "ennen tidigare fore innan"
)

CORRECTIONS = word_set(
    "ie recte rect rectius vere vielmehr vielm eigentlich eigentl richtig korrekt di dh ossia cioe rectifie corrige "
    "lege leggasi lees nl dwz pro eli oikeastaan oik egentligen egentl dvs ratteligen ratt scil scilicet "
    "actually correctly correct corrected corr properly errore tatsachlich berichtigt recto verius"
)
WEAK_CORRECTIONS = word_set(
    "di dh pro eli nl dwz lees lege rect correct ratt recto oik properly richtig scil corr korrekt actually dvs"
)
CORRECTION_PHRASES = (
    "that is", "das ist", "das heisst", "c'est-a-dire", "c.-a-d.", "c-a-d", "es decir", "esto es", "o sea",
    "id est", "hoc est", "misprint for", "error for", "mistake for", "should be", "pour", "druckfehler fur",
    "statt dessen", "in realta", "en realidad", "en realite", "in werkelijkheid", "in wirklichkeit", "po.",
    "pitaisi olla", "skall vara", "skal vara", "drukfout voor", "dat is", "det ar", "se on", "erratum pro",
    "sic for", "sic, for", "sic for:", "errore per", "sic pro", "por error",
)  # fmt: skip

UNDATED_WORDS = (
    "sa", "sd", "nd", "ny", "oj", "od", "zj", "zd", "ua", "ud", "sf", "sann", "sine anno", "sine dato",
    "sans date", "sans annee", "senza data", "senza anno", "sin fecha", "sin ano", "no date", "without date",
    "undated", "not dated", "date unknown", "unknown date", "date not known", "unknown", "year unknown",
    "ohne jahr", "ohne jahresangabe", "ohne datum", "undatiert", "unbekannt", "zonder jaar", "zonder datum",
    "ongedateerd", "onbekend", "utan ar", "utan datum", "odaterad", "okand", "ei vuotta", "ei paivaysta",
    "paivaamaton", "ajoittamaton", "tuntematon", "non date", "inconnu", "inconnue", "ignoto", "sconosciuto",
    "sconosciuta", "desconocido", "desconocida", "senza indicazione di data", "not known", "ignotum",
    "incertus", "slsa", "slnd", "slsd", "slsnsa", "slsnsd", "ouj", "oouj", "osa", "nonum", "non datato",
    "non datee", "nondate", "date inconnue", "data sconosciuta",
)  # fmt: skip
# What tables hold for an empty cell.
EMPTY = word_set("nan na none null n/a nat <na> #n/a - -- --- . ? ?? ??? ???? | |||| uuuu xxxx")

DECADES = word_set(
    "years jahre jahren annees anni anos jaren decada decade decennie decennio decennium vuosikymmen artiondet "
    "artionde 'anos"
)
HIJRI = word_set(
    "ah hijri hegira hijra hegire hidschra hedschra hidjra egira hejira heg hegirae hegiran higra hijrah "
    "hidzra hicri hidjri hijriyya"
)
HEBREW = word_set("am mundi hebrew judisch jewish")
COMMON = word_set("ad ce ae")
BEFORE_CHRIST = word_set("bc bce vchr avjc ac ekr eaa fkr")

# What numbers are of that are no years: before the number, and behind it.
COUNTED_BEFORE = word_set(
    "p pp pag pagg page pages pagina seite seiten ss sp col fol f ff folio fols bl blatt bll no nos nr nro num "
    "number nummer numero n° nº # vol vols volume volumes bd bde band t tom tome tomo tomus deel teil heft "
    "issue lib ms mss inv sign signatur shelfmark cat kat lot item plate pl tab taf tafel planche tav fig "
    "figure abb id s £ $ € copies sivu sivut sid sida kpl h w b part parte "
    # bibliographies and lists that books are cited by, and other numbers
    "wing goff gw hain copinger proctor bmc istc estc stc vd16 vd17 vd18 ustc brunet nissen pritzel hunt isbn issn "
    "rcin oclc ppn inventory acc accession room tel"
)
COUNTED_BEHIND = word_set(
    "p pp pag pages page seiten s bl blatt leaves cm mm m km kg g copies x × sivua sidor inch inches £ $ € px "
    "dpi"
)
FORMATS = word_set("4to 8vo 12mo 16mo 2fo 18mo 24mo 32mo 2to 4° 8° 12° 2° fo 64mo 48mo 8:o 4:o 1mo 6to 1to")
PRINTED = word_set(
    "copyright copyr cop impr imp imprimatur printed print publ published pub gedruckt gedr druck erschienen "
    "erschien imprime imprimee stampato impresso impreso impressum gedrukt uitgegeven excudebat painettu "
    "tryckt tryckar p dl phon"
)
NEUTRAL = PRINTED | word_set(
    "in im the year years year's of jahr jahre jahren jahrs des der das den dem die de du d del della dello "
    "delle degli dei dell di da an annee l'an l'annee anno annus annis a.d. domini christi salutis gratiae "
    "incarnationis a ann i il lo la le les l el los las ano anos año het jaar jaren van vuosi vuonna vuoden "
    "vuosien vuodelta vuodesta vuoteen aret ar av between zwischen zw entre tra fra tussen inter mellan valilla "
    "valiselta von au aux und et ac atque e ed y en ja och and & or oder ou o oppure vel aut tai eller u al ai "
    "all a' to date dated datiert data fecha datum daterad day tag jour giorno dia dag paiva at on am um era n "
    "st nd rd th os ns old new style neue nova vetus stile alten neuen stils ends ended late latest earliest "
    "first each jahrgang mense mensis kal kalendis kalendas non nonis nonas id idus idibus monday tuesday "
    "wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche with sic our lord spring summer autumn winter "
    "fruhling fruhjahr sommer herbst printemps automne hiver primavera estate autunno inverno otono invierno "
    "lente zomer herfst kevat syksy talvi host terminus paivana kuluessa printed m es est nel nell nella nello "
    "negli sull pa gli for by chez par por apud sumptibus typis per bei durch verlag verlegts presso appresso "
    "bij door hos sold booksellers bookseller sellers author v annum vuotta vuosina than als kuin che que dan "
    "quem end mid zum zur anni uf ist meidan herran i:n apres-midi o'clock z t utc gmt p.a as well resp bzw "
    "tai/tai sek both kb met tot au-dela s circa edition editio aika ajalta luvulta luvulla talet tal ff. oft "
    "ie pp. dal l' vers dec'"
)
# Circa only where they stand beside a date: they have other meanings.
WEAK_CIRCA = word_set(
    "c um about around near gegen rond verso sub kring omkring n vers fere autour intorno versus hacia circ "
    "cir omtrent"
)
# Finnish words that follow what they bound.
POSTPOSED = {
    "jalkeen": "after", "alkaen": "from", "lahtien": "from", "asti": "until", "saakka": "until", "mennessa": "until",
}  # fmt: skip
ONWARDS = word_set(
    "onwards onward ff sqq seq sq following folgende etc usw present heute today now oggi hoy heden nu"
)
TURN = word_set("turn wende tournant jahrhundertwende eeuwwisseling sekelskiftet")
# Phrases whose words mean something else alone.
_PHRASES = {
    "desde": (
        "post quem", "au plus tot", "al piu presto", "como muy pronto", "a partir de", "a partir del",
        "not earlier than", "no earlier than", "after or in",
    ),
    "bis": (
        "ante quem", "au plus tard", "al piu tardi", "a mas tardar", "como muy tarde", "tot en met",
        "up to", "jusqu a", "jusqu en", "sino al", "fino al", "non oltre", "not later than", "no later than",
    ),
    "dal": (
        "a partire dal",
    ),
}  # fmt: skip
QUEM = {phrase: word for word, phrases in _PHRASES.items() for phrase in phrases}
# What may stand between a word that bounds a date and the date.
LINKS = word_set(
    "' . [ ] a about ad al als am an annee anno annum ano ar aret at che d dall dan das de del dell dello dem "
    "den der du early el end het il in jaar jahr jahre jahren kuin l la le les lo mid on que quem than the to "
    "vuoden vuonna vuosi vuosien vuotta year years zum zur ~"
)
# What leads from the first year of a span to its last one.
LEADING = word_set("- / a ad al all au bei bis das den e en hasta the till to tot und until year")
# What stands between the first and the last year of a span, or between two centuries.
JOINTS = OR | word_set("- / , & + bis to till tot a al")
CENTURY_JOINTS = OR | word_set("& ' , - . / : a al au bis del dell der des du the to")
