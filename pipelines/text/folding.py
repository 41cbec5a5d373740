"""One key for the spellings of a word: case, accents, possessive, plural, British and American, hyphens, numbers.

Only what one word shows by itself belongs here. Closed forms (`pretraining`), abbreviations and what users decide need
the whole warehouse, and are folded in SQL.
"""

import re
import unicodedata
from functools import lru_cache

from .lexicon import breaking_forms, word_classes

_HYPHEN = re.compile(r"[-‐‑–/_]+")
_PART = re.compile(r"[^-‐‑–/_]+")
_DIGITS = re.compile(r"([0-9]) ([0-9])")
#: British pieces that stand for the same American piece wherever they occur in a word.
_BRITISH_PIECES = {
    "colour": "color", "behaviour": "behavior", "neighbour": "neighbor", "labour": "labor", "favour": "favor",
    "flavour": "flavor", "honour": "honor", "humour": "humor", "rumour": "rumor", "tumour": "tumor", "vapour": "vapor",
    "harbour": "harbor", "armour": "armor", "odour": "odor", "endeavour": "endeavor", "splendour": "splendor",
    "demeanour": "demeanor", "isation": "ization", "lysation": "lyzation", "haem": "hem", "anaesth": "anesth",
    "paediatr": "pediatr", "orthopaed": "orthoped", "encyclopaed": "encycloped", "leukaemi": "leukemi",
    "anaemi": "anemi", "ischaemi": "ischemi", "archaeolog": "archeolog", "gynaecolog": "gynecolog",
    "oesophag": "esophag", "oestrogen": "estrogen", "oedema": "edema", "diarrhoea": "diarrhea", "foet": "fet",
    "sulph": "sulf", "aluminium": "aluminum", "artefact": "artifact", "mould": "mold",
    "plough": "plow", "sceptic": "skeptic", "cheque": "check", "aeroplane": "airplane",
}  # fmt: skip
_BRITISH_PIECE = re.compile("|".join(_BRITISH_PIECES))
_BRITISH = {
    "rigour": "rigor", "vigour": "vigor", "candour": "candor", "fervour": "fervor", "saviour": "savior",
    "clamour": "clamor", "parlour": "parlor",
    "centre": "center", "epicentre": "epicenter", "fibre": "fiber", "litre": "liter", "theatre": "theater",
    "calibre": "caliber", "spectre": "specter", "sabre": "saber", "lustre": "luster", "meagre": "meager",
    "metre": "meter", "kilometre": "kilometer", "centimetre": "centimeter", "millimetre": "millimeter",
    "micrometre": "micrometer", "nanometre": "nanometer",
    "catalogue": "catalog", "dialogue": "dialog", "analogue": "analog", "monologue": "monolog", "prologue": "prolog",
    "homologue": "homolog", "grey": "gray", "greyscale": "grayscale", "programme": "program", "defence": "defense",
    "offence": "offense", "licence": "license", "pretence": "pretense", "practise": "practice", "ageing": "aging",
    "judgement": "judgment", "acknowledgement": "acknowledgment", "enrolment": "enrollment",
    "fulfilment": "fulfillment",
    "instalment": "installment", "skilful": "skillful", "marvellous": "marvelous", "jewellery": "jewelry",
    "tyre": "tire", "kerb": "curb", "maths": "math", "analyse": "analyze", "analysed": "analyzed",
    "analysing": "analyzing", "analyser": "analyzer", "catalyse": "catalyze", "catalysed": "catalyzed",
    "paralyse": "paralyze", "manoeuvre": "maneuver", "paralysed": "paralyzed", "centred": "centered",
    "centring": "centering",
    "modeller": "modeler", "labeller": "labeler", "traveller": "traveler", "counsellor": "counselor",
    "focussed": "focused", "focussing": "focusing", "biassed": "biased",
}  # fmt: skip
#: Verbs whose l British spelling doubles before an ending and American spelling does not.
_ONE_L = frozenset(
    "model label relabel mislabel unlabel signal travel cancel tunnel channel level fuel total marshal equal dial "
    "panel "
    "rival spiral swivel unravel parcel pencil shovel funnel barrel kennel novel initial remodel".split()
)
_TWO_L = re.compile(r"([a-z]+l)l(ed|ing)")
_ISE_ENDINGS = ("ise", "ised", "ising", "iser")
#: Endings of words in -ise that every spelling writes with s, and such words whole or as the end of a longer one.
_ALWAYS_S = (
    "wise", "aise", "oise", "uise", "vise", "chise", "prise", "precise", "concise", "exercise", "excise", "incise",
    "circumcise", "promise", "premise", "demise", "surmise", "paradise", "merchandise", "advertise", "expertise",
    "treatise", "mortise", "chastise", "franchise", "enterprise", "despise",
)  # fmt: skip
_RISE = frozenset("rise arise sunrise moonrise uprise".split())
#: Words in -isable that are no verb in -ise.
_ISABLE = ("disable", "advisable", "devisable", "visable", "raisable", "promisable", "exercisable")
_IRREGULAR = {
    "analyses": "analysis", "hypotheses": "hypothesis", "syntheses": "synthesis", "diagnoses": "diagnosis",
    "prognoses": "prognosis", "theses": "thesis", "antitheses": "antithesis", "crises": "crisis",
    "emphases": "emphasis", "parentheses": "parenthesis", "axes": "axis", "prostheses": "prosthesis",
    "metastases": "metastasis", "metamorphoses": "metamorphosis", "psychoses": "psychosis", "neuroses": "neurosis",
    "paralyses": "paralysis", "symbioses": "symbiosis", "eigenbases": "eigenbasis", "oases": "oasis",
    "vertices": "vertex", "matrices": "matrix", "submatrices": "submatrix", "indices": "index", "indexes": "index",
    "appendices": "appendix", "cortices": "cortex", "vortices": "vortex", "helices": "helix", "simplices": "simplex",
    "codices": "codex", "apices": "apex", "radices": "radix", "criteria": "criterion", "phenomena": "phenomenon",
    "automata": "automaton", "polyhedra": "polyhedron", "tetrahedra": "tetrahedron", "taxa": "taxon",
    "corpora": "corpus", "genera": "genus", "spectra": "spectrum", "equilibria": "equilibrium",
    "curricula": "curriculum", "symposia": "symposium", "consortia": "consortium", "millennia": "millennium",
    "ganglia": "ganglion", "errata": "erratum", "memoranda": "memorandum", "addenda": "addendum",
    "formulae": "formula", "antennae": "antenna", "vertebrae": "vertebra", "nebulae": "nebula", "larvae": "larva",
    "algae": "alga", "supernovae": "supernova", "children": "child", "men": "man", "women": "woman", "mice": "mouse",
    "feet": "foot", "teeth": "tooth", "geese": "goose", "oxen": "ox", "lives": "life", "leaves": "leaf",
    "halves": "half", "shelves": "shelf", "knives": "knife", "wolves": "wolf", "thieves": "thief", "loaves": "loaf",
    "calves": "calf", "scarves": "scarf", "hooves": "hoof", "radii": "radius", "stimuli": "stimulus",
    "nuclei": "nucleus", "foci": "focus", "loci": "locus", "fungi": "fungus", "cacti": "cactus", "alumni": "alumnus",
    "syllabi": "syllabus", "thesauri": "thesaurus", "hippocampi": "hippocampus", "bacilli": "bacillus",
    "bacteria": "bacterium", "strata": "stratum", "momenta": "momentum", "quanta": "quantum", "maxima": "maximum",
    "minima": "minimum", "optima": "optimum", "extrema": "extremum", "lemmata": "lemma", "schemata": "schema",
    "stigmata": "stigma", "stomata": "stoma", "caches": "cache", "niches": "niche", "headaches": "headache",
    "toothaches": "toothache", "psyches": "psyche", "avalanches": "avalanche", "axles": "axle",
    "movies": "movie", "cookies": "cookie", "calories": "calorie", "zombies": "zombie", "selfies": "selfie",
    "genies": "genie", "rookies": "rookie", "hoodies": "hoodie", "prairies": "prairie", "freebies": "freebie",
    "ties": "tie", "lies": "lie", "pies": "pie", "dies": "die", "heroes": "hero", "echoes": "echo",
    "potatoes": "potato", "tomatoes": "tomato", "torpedoes": "torpedo", "vetoes": "veto", "volcanoes": "volcano",
    "tornadoes": "tornado", "mosquitoes": "mosquito", "mangoes": "mango", "cargoes": "cargo", "dominoes": "domino",
    "embargoes": "embargo", "zeroes": "zero", "quizzes": "quiz", "gases": "gas", "biogases": "biogas",
    "lenses": "lens", "biases": "bias", "aliases": "alias", "canvases": "canvas", "atlases": "atlas",
    "pancreases": "pancreas", "christmases": "christmas", "irises": "iris",
}  # fmt: skip
_NO_PLURAL = frozenset(
    "series species news lens bias gas biogas canvas atlas pandas keras alias texas christmas chaos pos kudos cosmos "
    "ethos pathos logos always perhaps whereas apparatus has was its this thus yes kubernetes hermes mercedes herpes "
    "diabetes aries jones james bayes navier-stokes stokes gauss towards forwards backwards besides sometimes status "
    "pancreas windows means goods customs maths athens reuters adams williams richards roberts edwards peters evans "
    "stevens burns jenkins hopkins holmes rhodes gates reynolds brooks rogers siemens laplace asbestos rabies scabies "
    "aids dems sus".split()
)
#: What one of these names is -ic, and what several of them are, -ics; others in -ics are fields (physics, optics).
_IC_NOUNS = frozenset(
    "metric topic heuristic characteristic critic logic clinic comic tactic epidemic pandemic antibiotic mosaic fabric "
    "picnic lyric relic ceramic plastic academic skeptic classic tic diagnostic biometric submetric subtopic "
    "hyperheuristic metaheuristic demographic infographic schematic synthetic arithmetic".split()
)
#: -use words, which take -s; other words in -us take -es: virus, stylus, corpus.
_USE = ("ause", "ouse", "fuse")
_USE_WORDS = frozenset("use abuse misuse reuse overuse multiuse muse excuse ruse recluse accuse".split())
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_NUMBERS = {
    "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven",
    "8": "eight", "9": "nine", "10": "ten", "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth",
}  # fmt: skip
_DIMENSIONS = {"one": "1d", "two": "2d", "three": "3d", "four": "4d"}
#: Below this length capitals are an acronym, whatever their letters spell in lower case.
_ACRONYM_LENGTH = 6
#: Ordinary words that are acronyms when written in capitals; the lexicon's nouns and verbs are others.
_ORDINARY = frozenset(
    "act aid aids arc arm art ash bald base bat bed bin bird bite blue bow box brave bright cap car card care cart "
    "cast "
    "cat chat chip clam clap clip clue coast coco coil cook coral core cot crab crop cube dare dart dash deer dice "
    "dive "
    "dock dog doll dot dove drag draw dream drop eagle east face fact fair fan fast fire fish flame flip flow fog fold "
    "fork frame gap gate gem glow glue goal gold grace grade grid grit hat hawk heat help hint hog hope horn idea jam "
    "joint judge lamb lamp lark laser leaf lens light lime line link lion list long loop mad maid map mark mars mask "
    "mate maze mesh meteor mime mint mirror moon moss mouse nice oak olive opt orca owl pace pair pal palm pan past "
    "path peer pet pick pie pig pin pipe pit plan pod pop port pose pot prism pure quest race rack raft rag rain ram "
    "rat ray reach real ring rise road robe rose rouge sage sail salt sand save scale scan score sea seal seed self "
    "set shape shark ship shot sieve skin slim slip smart smile snap snow soap sort space spark spice spider spin "
    "spot star stem step stone storm sun swan swap swift tag talk tar tea team ten test tide tiger tip tool top tower "
    "trace track trail tree trek trust tune vast view vision voice wall war wave web wet wind wing wise wolf wood zip "
    "zoom map maps in on at it us we he or so no go do be by if an as is".split()
)


def singular(word: str) -> str:
    """Lower-case word without its plural ending."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3 or not word.endswith("s") or word in _NO_PLURAL or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ics"):
        return word[:-1] if word[:-1] in _IC_NOUNS else word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "shes", "ches", "zzes")):
        return word[:-2]
    if word.endswith("uses") and len(word) > 5:
        base = word[:-1]
        return base if base.endswith(_USE) or base in _USE_WORDS else word[:-2]
    return word[:-1]


def american(word: str) -> str:
    """Lower-case singular word in American spelling."""
    if word in _BRITISH:
        return _BRITISH[word]
    if _BRITISH_PIECE.search(word):
        for piece, other in _BRITISH_PIECES.items():
            word = word.replace(piece, other)
    doubled = _TWO_L.fullmatch(word) if "ll" in word else None
    if doubled and (doubled[1] in _ONE_L or doubled[1].removeprefix("un") in _ONE_L):
        return doubled[1] + doubled[2]
    if word.endswith(_ISE_ENDINGS):
        stem, _, ending = word.rpartition("is")
        base = stem + "ise"
        if len(stem) > 2 and base not in _RISE and not base.endswith(_ALWAYS_S):
            return f"{stem}iz{ending}"
    if word.endswith(("isable", "isability")) and not word.endswith((*_ISABLE, "disability", "visability")):
        return word.replace("isab", "izab")
    return word


@lru_cache(maxsize=1 << 16)
def fold_word(word: str) -> str:
    """Key of one written word; the parts of a hyphenated word are folded one by one and parted by a space.

    Capitals stay where they tell an acronym from an ordinary word: CLIP is no clip.
    """
    text = word.replace("’", "'")
    if text.isascii() and text.isalpha():
        return american(singular(text)) if text.islower() else _fold_part(text)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = (
            text.translate(_LETTERS) if text.islower() else text.lower().translate(_LETTERS) if _has_odd(text) else text
        )
    text = text.removesuffix("'s").removesuffix("'S").replace("'", "")
    parts = [part for part in _HYPHEN.split(text) if part]
    if len(parts) > 1:
        parts = _read_numbers(parts)
    return " ".join(map(_fold_part, parts))


def fold_parts(word: str) -> tuple[tuple[str, int, int], ...]:
    """(key, start, end) of each part of a written word; the keys, parted by spaces, are the key of the word.

    3-D is one part, since its key is one word.
    """
    key = fold_word(word)
    if not _HYPHEN.search(word):
        return ((key, 0, len(word)),)
    keys, spans = key.split(" "), [part.span() for part in _PART.finditer(word)]
    if len(keys) == len(spans) - 1:
        spans = [(spans[0][0], spans[1][1]), *spans[2:]]
    if len(keys) != len(spans):
        return ((key, 0, len(word)),)
    return tuple((part, start, end) for part, (start, end) in zip(keys, spans, strict=True))


def _has_odd(text: str) -> bool:
    return any(ord(letter) in _LETTERS for letter in text.lower())


def _read_numbers(parts: list[str]) -> list[str]:
    """Parts of a hyphenated word with a small number before a word read as a word, and dimensions as digits.

    1-shot is one-shot, three-dimensional is 3D, and so is 3-D; the 4 of GPT-4 and the 2 of 2-1 stay.
    """
    first, second = parts[0].lower(), parts[1].lower()
    if second == "d" and first in "1234":
        return [first + "d", *parts[2:]]
    number = _NUMBERS.get(first, first)
    if second == "dimensional" and number in _DIMENSIONS:
        return [_DIMENSIONS[number], *parts[2:]]
    if first in _NUMBERS and len(second) > 2 and second.isalpha():
        return [number, *parts[1:]]
    return parts


@lru_cache(maxsize=1 << 14)
def _fold_part(part: str) -> str:
    lower = part.lower()
    if lower in _GREEK:
        return _GREEK[lower]
    if not part.isupper() and part[-1] == "S":
        return lower  # iOS, NeurIPS
    # GANs and LLMs have a plural s; DNS and GPS end in an S of their own.
    letters = part[:-1] if part[-1] == "s" else part
    if len(letters) < _ACRONYM_LENGTH and sum(map(str.isupper, letters)) > 1:
        acronym = letters.lower()
        # ITS is another word than `its`, but LLaVA-NeXT is LLaVA-Next.
        is_another = is_ordinary(acronym) or (letters.isupper() and _breaks_phrases(acronym))
        return letters.upper() if is_another else acronym
    if part.isupper() and not part.isalpha():
        return lower
    return american(singular(lower)) if lower.isalpha() else singular(lower)


def is_ordinary(lower: str) -> bool:
    """Whether a word in lower case is an ordinary English word, so that the same letters in capitals are another."""
    if lower in _ORDINARY:
        return True
    classes = word_classes()
    return any(lower in classes[name] for name in ("noun", "verb", "action", "adjective", "weak", "generic"))


def _breaks_phrases(lower: str) -> bool:
    return lower in word_classes()["stop"] or lower in word_classes()["break"] or lower in breaking_forms()


def fold_phrase(phrase: str) -> str:
    """Key of a written phrase: its words folded, parted by one space."""
    return " ".join(filter(None, map(fold_word, phrase.split(" "))))


def close_key(key: str) -> str:
    """Key of a phrase without its spaces, which open and closed forms share; the macro close_words in Python.

    Two numbers side by side stay apart: Llama 3 8B is no Llama 38B.
    """
    return _DIGITS.sub(r"\1_\2", key).replace(" ", "")
