"""How much a text looks like one that somebody wrote: what tells the right encoding of a few bytes from a wrong one.

A wrong encoding puts capitals inside words, symbols between letters, one script into another, or letters side by side
that no language writes so. Which letters stand beside ``ä`` or ``é`` is learnt from the words below, which titles and
names of the eighteenth century are full of.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_WORDS = """
kräuter kräuterbuch gewächs gewächse gärten gärtner gärtnerei bäume bäumen blätter wälder väter länder bände
länge stärke
nächst nähe fähig während erklärung erzählung gemälde ärzte ärztlich jäger käfer mädchen märz später täglich
verhältniß
römisch schön größe höhe körper vögel wörter böhmen köln königlich könig österreich göttingen mönch öl
öffentlich
blüte blüthen früchte grün grüne bücher müller jünger künste kürze nürnberg nürnbergisch münchen würzburg
zürich tübingen für
über übersetzung führer süd thüringen flügel frühling gemüse hügel wüste bürger düsseldorf lübeck jürgen
günther brüder
straßburg groß große fuß fuße weiß weiße straße gemäß heißt ließ maß naß rößler strauß süß geßner
pflanzengefäß
ärtzney geschlechtsarten süßwasser übrigen äußern äußerlich überhaupt österreichisch ölfarben äpfel ähren
öconomie
été étude études édition élémens éléments époque étoile église école étranger évêque père mère première
dernière manière
matière rivière lumière histoire_générale général générale générales célèbre siècle après très près élève
élèves thèse
genève bibliothèque espèce espèces système systèmes modèle règne règle grèce chèvre fièvre manière fougères
bruyère
forêt forêts fête fêtes même tête conquête île îles maître maîtres connaître croître château châteaux âge âmes
bâtiment
théâtre naître gravé gravés gravées gravée coloriée coloriées dessiné dessinés dessinée imprimé imprimée relié
publié
fleurs_cultivées variété variétés société propriété qualité utilité beauté santé médecine médecin méthode
méthodique
hôpital hôtel côte côtes drôle rôle nôtre août goût coûter fût sûr français française françois leçon leçons
façon garçon
reçu ça curaçao alençon besançon briançon où à là voilà déjà noël naïf maïs héroïne cœur sœur œuvre œuvres
vœux bœuf œil
orléans abbé prévost crébillon étienne élisabeth françoise rené andré aimé joséphine pépinière végétaux
végétale légumes
città libertà università società verità qualità varietà bontà età già più può però perché poiché è cioè così
lunedì virtù
gioventù tribù forlì niccolò rosmarinò trattò curiosità felicità proprietà antichità novità facoltà
españa español española año años niño niños señor señora montaña cañas piña compañía extraño leña castaño
viñas otoño
jardín jardines_botánicos botánica botánico médico médica árbol árboles árabe historia_natural_según según
también
región edición ediciones ilustración descripción colección impresión traducción relación nación razón león
corazón
américa méxico perú maría josé martín garcía lópez hernández gonzález pérez josé_celestino_mutis célebre
género génesis
cédula física química país países raíz raíces maíz aún común algún útil número últimos águila línea capítulo
artículo
não são mão pão coração plantas_são colecção edição descrição ação nações lição português portuguesa joão três
você avô
één geïllustreerd geïllustreerde belgië italië ruïne reünie coördinatie poëzie financiën knieën zeeën
industrieën
kruÿdeboeck knÿff
växter växt växten trädgård trädgårdar träd trä sätt läkare läran svensk_känna människa år århundrade åbo
många språk
blå på två från någon också år måne skåne småland götaland öland örter ört örtebok kök böcker böner höst sjö
ström
för förteckning först utförlig försök örebro göteborg malmö jönköping växjö umeå luleå piteå norrköping
linköping björk
kasvien lääke lääkäri äiti yötä työ työn hyvä hyvää päivä päivää metsä metsässä järvi jyväskylä hämeenlinna
näkö nähdä
yrtti yrttejä pyhä älä tämä mäki mänty hyödyllinen löytyy pöytä köyhä
på små første større dyr_og_søer kjøbenhavn københavn ø øer søn sønner grøn blomsterdyrkning_på år_århus
færøerne træer
frø høst læge læger ære være sæd sø kærlighed værk norsk_språk tromsø bjørn rødt
præcipuæ præfatio præter hæc quæ herbæ plantæ rosæ figuræ cæsar æneis æstas æternæ ætas lætitia ægyptus amœna
œconomia
pœna cœlum œdipus fœmina aër aëris poëta poëmata
łódź kraków polski święty książka małe świat żółty źródło ósme wąż ręka księga łacina zioła
čeština český rostliny_české přírody kůň léčivé bylinář růže květ květena ďábel řeka žena škola dílo město
země věda
köszöntő füvészkönyv magyar_könyv növény növények orvosi_könyv gyümölcs üveg őszi tűz című második élet állat
író ország
trägt träge beiträge verträge schräg gräser gräflich schlägt schläge städte städtisch häuser häufig käse säfte
zähne zäune
gänse pfähle stämme wärme särge jährlich jahrbücher bläulich nägel sämlinge sämtlich verändert verlängert
ländlich höfe
knöpfe köpfe löffel mörser möglich hören störche röhren schröter schönheit töpfe tödlich völlig gewöhnlich
ungewöhnlich
mühle hühner hüte kühe tüchtig müssen schlüssel bürgermeister stück stücke günstig gründlich gründe fünf fürst
fürstlich
norvège obsolète isère problème troisième deuxième collège privilège piège siège légère légume léger
définition désert
décrit détail dépôt début médicinale mélange sérieux série créer créé créée année années journée pensée rosée
entrée
forêt prêt arrêt intérêt conquête vêtement bête tempête crête pêcher pêche chêne frêne hêtre gâteau pâturage
châtaigne
boîte île abîme dîner hôte tôt plutôt symptôme diplôme mûr mûrier sûreté dû brûler flûte dégoût
userà sarà farà dirà avrà potrà attività novità carità metà umanità sanità felicità perchè caffè tè mercè giù
quì lì però andrò
está estará hará será habrá podrá aplicará allá acá paraná panamá canadá aquí allí así potosí colibrí jabalí
núcleo núñez
múltiple túnez música único público república actúa continúa perú córdoba bogotá pasión sesión lección opción
línea período
inválido saída secção inglês francês será também até pé avó avô três cônsul câmara distância ciência paciência
órgão irmã
geïnteresseerd beïnvloed kopiëren ideeën coöperatie indonesië brazilië zoölogie reünies patiënt cliënt oriënt
hygiëne
värde måste säker sätter väster väst västerås nästa även ägare ända är två tvåhundra många både nuförtiden
någon
näyttely pääte näkyy käyttö kääntää sää sään jälkeen pöytyä yhä nämä täällä vähä väri nähtävä henkilö näyte
työväline
nøgle kræve værdi række række læse kærlig mærke bløde grønland sjælland nørre søren jørgen på når få små gå
blå
można się być określa błąd różne pokazać uczynić wielkość wejściowych rzędach drukarkę dostępne domknięcie
myślniki
obecność zniknęły włączyć użycie duże używanych błędami coś żądane żona rośliny ogród ogrodnictwo księgi
zielnik pożyteczne
není při být má klíč jméno české květiny byliny léčivé zahradnictví obrázky stromů příručka nové úplný výklad
překlad
"""
# Signs that texts have beside letters, and how likely each is to be meant.
_TYPOGRAPHIC = {
    "’": 0.4, "‘": -0.4, "“": -0.3, "”": -0.3, "„": -0.3, "–": 0.0, "—": -0.2, "«": -0.3, "»": -0.3, "…": -0.6,
    "\xa0": -0.4, "°": -0.8, "§": -1.0, "©": -1.2, "†": -0.9, "·": -1.2, "£": -0.9, "½": -1.2, "¿": -1.2,
    "¡": -1.2, "‹": -1.0, "›": -1.0, "№": 0.0, "×": -1.0, "®": -1.6, "•": -1.2, "€": -1.4,
}  # fmt: skip
_HIRAGANA, _KANA = range(0x3041, 0x30A0), range(0x30A0, 0x3100)
_HALF_WIDTH = range(0xFF61, 0xFFA0)
_CYRILLIC_RARE = set("ѐѓѕєѝіїјљњћќўџґ")
_SIGNED = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+")


def _learn() -> tuple[Counter[str], set[str], set[str]]:
    letters: Counter[str] = Counter()
    pairs, triples = set(), set()
    for word in _WORDS.replace("_", " ").split():
        text = f" {word} "
        for at in range(1, len(text) - 1):
            if text[at] > "\x7f":
                letters[text[at]] += 1
                pairs |= {text[at - 1 : at + 1], text[at : at + 2]}
                triples.add(text[at - 1 : at + 2])
    return letters, pairs, triples


_LETTERS, _PAIRS, _TRIPLES = _learn()


def likeliness(text: str) -> float:
    """Return how likely a text is one that somebody wrote, a mean over its characters beyond ASCII; 0 without any.

    About 1 to 2 for text that is right, below 0 for text that is not.
    """
    signs = [found.start() for found in _SIGNED.finditer(text)]
    if not signs:
        return 0.0
    # What stands a hundred times is no better proof than what stands ten times.
    seen: dict[tuple[str, str, str], tuple[int, float]] = {}
    for at in signs[:20_000]:
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        key = (text[max(0, at - 3) : at], text[at], text[at + 1 : at + 3])
        count, value = seen.get(key, (0, 0.0))
        seen[key] = (count + 1, value if count else _sign(text, at, before, after))
    weights = [min(count, 10) for count, _ in seen.values()]
    return sum(w * value for w, (_, value) in zip(weights, seen.values(), strict=True)) / sum(weights)


def example(text: str) -> str:
    """Return the first word with a letter beyond ASCII, to show what was read; '' if there is none."""
    found = next((word for word in _WORD.findall(text) if not word.isascii()), "")
    return found[:40]


def _sign(text: str, at: int, before: str, after: str) -> float:
    sign = text[at]
    if sign in _TYPOGRAPHIC:
        if sign == "’":
            return _apostrophe(text, at)
        return _TYPOGRAPHIC[sign] - _misplaced(sign, before, after)
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cn", "Co", "Cs"):
        return -6.0
    if not sign.isalpha() and kind not in ("Mn", "Lm"):
        in_cjk = "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uff60"
        return 0.5 if in_cjk and (_eastern(before) or _eastern(after)) else -2.5
    if _eastern(sign):
        return _east(sign, before, after)
    if "\u0400" <= sign <= "\u052f":
        return _cyrillic(text, at, before, after)
    if sign.lower() in _LETTERS or "LATIN" in unicodedata.name(sign, ""):
        return _latin(sign, before, after)
    return -2.0


def _misplaced(sign: str, before: str, after: str) -> float:
    """Quotation marks and dashes between two letters are letters of another encoding."""
    inside = before.isalpha() and after.isalpha() and sign not in "·\xa0"
    return 3.0 if inside or (sign in "„‘“«‹" and before.isalpha()) or (sign in "”»›" and after.isalpha()) else 0.5 * (
        before.isalpha() or after.isalpha()
    )  # fmt: skip


def _apostrophe(text: str, at: int) -> float:
    """``l’herbe`` and ``Gerard’s`` have one; most others close a quotation, or are letters of another encoding."""
    before, after = text[max(0, at - 3) : at], text[at + 1 : at + 3]
    if after[:1].isalpha() and before[-1:].isalpha():
        return 0.4 if not before.isalpha() or len(before) < 3 or (after[0] == "s" and not after[1:].isalpha()) else -0.9
    return -0.7


def _latin(sign: str, before: str, after: str) -> float:
    low = sign.lower()
    known = _LETTERS.get(low, 0)
    score = -1.5 if not known else -0.2 if known < 6 else 0.2 if known < 30 else 0.5
    if sign in "ﬁﬂªºµƒıˆ˜ˇĳŉſ" and sign != "ſ":
        return -2.5
    left = before.lower() if before.isalpha() else " "
    right = after.lower() if after.isalpha() else " "
    # A capital inside a word is the surest sign of a wrong encoding, unless the whole word is in capitals.
    if sign.isupper() and before.isalpha() and not before.isupper():
        return score - 3.5
    if sign.isupper() and before.isalpha() and after.islower():
        return score - 2.5
    if sign == "ß" and before.lower() not in "aeiouyäöü":
        return score - 2.5
    if sign.isupper() and after.isupper() and not before.isalpha():
        score -= 0.3
    if sign.islower() and before.isupper() and after.isupper():
        return score - 2.5
    if any(c > "\x7f" and c.isalpha() and c.lower() not in "ßœæ" for c in (before, after)):
        score -= 0.7 if left + low in _PAIRS or low + right in _PAIRS else 1.6
    if any(_eastern(c) or "\u0400" <= c <= "\u052f" for c in (before, after)):
        score -= 3.0
    score += (
        0.6 * (left + low in _PAIRS) + 0.6 * (low + right in _PAIRS) + 1.0 * (left + low + right in _TRIPLES)
    )
    if left == " " and right == " " and low not in "àèéøåöóßñä":
        score -= 1.0
    return score


def _cyrillic(text: str, at: int, before: str, after: str) -> float:
    sign = text[at]
    score = 0.9 if sign.lower() not in _CYRILLIC_RARE else -0.6
    around = [c for c in (before, after) if c.isalpha()]
    if any(not "\u0400" <= c <= "\u052f" for c in around):
        return score - 3.5
    if sign.isupper() and before.isalpha() and not before.isupper():
        return score - 3.0
    if sign in "ъыьЪЫЬ" and not before.isalpha():
        return score - 1.5
    if not around:
        return score - (0.6 if sign.lower() in "аивксоуя" else 2.0)
    vowels = "аеиоуыэюяёіѣ"
    return score + (0.3 if any((sign.lower() in vowels) != (c.lower() in vowels) for c in around) else -0.2)


def _eastern(sign: str) -> bool:
    return bool(sign) and ("\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or "\uff61" <= sign <= "\uff9f"
                           or "\uf900" <= sign <= "\ufaff")  # fmt: skip


def _east(sign: str, before: str, after: str) -> float:
    around = [c for c in (before, after) if c.isalpha()]
    # A character between two Latin letters is one of them and a letter beyond ASCII, read together.
    if any(c.isascii() or not _eastern(c) for c in around):
        return -3.0
    code = ord(sign)
    if code in _HALF_WIDTH:
        return -2.0
    if code in _HIRAGANA:
        return 1.6
    if code in _KANA:
        return 1.3
    if not around:
        return -0.5 + _common(sign)
    return _common(sign)


def _common(sign: str) -> float:
    """Of Chinese characters: those that both standards call common say more than those that one of them does."""
    score = 0.0
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("cp932", 0x88, 0x97)):
        try:
            code = sign.encode(encoding)
        except UnicodeEncodeError:
            continue
        score += 0.7 if first <= code[0] <= last else 0.1
    return score or -1.2
