"""One key for the spellings of a word: case, accents, possessive, plural, British and American, hyphens.

Only what one word shows by itself belongs here; acronyms and closed forms (`pretraining`) need the whole corpus and are
folded in SQL.
"""

import re
import unicodedata

_HYPHEN = re.compile(r"[-‐‑–/_]+")
_BRITISH = {
    "colour": "color", "behaviour": "behavior", "neighbour": "neighbor", "labour": "labor", "favour": "favor",
    "flavour": "flavor", "honour": "honor", "humour": "humor", "rumour": "rumor", "tumour": "tumor", "vapour": "vapor",
    "harbour": "harbor", "armour": "armor", "centre": "center", "fibre": "fiber", "metre": "meter", "litre": "liter",
    "theatre": "theater", "calibre": "caliber", "spectre": "specter", "catalogue": "catalog", "dialogue": "dialog",
    "analogue": "analog", "grey": "gray", "programme": "program", "artefact": "artifact", "defence": "defense",
    "licence": "license", "ageing": "aging", "judgement": "judgment", "sulphur": "sulfur", "aluminium": "aluminum",
    "modelling": "modeling", "labelling": "labeling", "labelled": "labeled", "modelled": "modeled",
    "signalling": "signaling", "travelling": "traveling", "cancelling": "canceling", "tunnelling": "tunneling",
    "channelling": "channeling", "levelling": "leveling", "unlabelled": "unlabeled", "traveller": "traveler",
    "modeller": "modeler", "analyse": "analyze", "analysed": "analyzed", "analysing": "analyzing",
    "analyser": "analyzer", "catalyse": "catalyze", "behavioural": "behavioral", "neighbouring": "neighboring",
    "coloured": "colored", "colouring": "coloring", "favourite": "favorite", "neighbourhood": "neighborhood",
    "centred": "centered", "mould": "mold", "tyre": "tire", "cheque": "check", "aeroplane": "airplane",
    "haemoglobin": "hemoglobin", "anaesthesia": "anesthesia", "paediatric": "pediatric", "oesophagus": "esophagus",
    "foetal": "fetal", "encyclopaedia": "encyclopedia", "manoeuvre": "maneuver",
}  # fmt: skip
#: Endings of words in -ise that every spelling writes with s.
_ALWAYS_S = ("wise", "aise", "oise", "uise", "cise", "vise", "rise", "mise", "chise", "dise", "tise", "prise")
_TIZE = ("optimise", "minimise", "maximise", "randomise", "customise", "itemise", "economise", "victimise", "atomise",
         "anonymise", "categorise", "characterise", "parameterise", "parametrise", "summarise", "polarise", "vectorise",
         "factorise", "regularise", "linearise", "binarise", "rasterise", "tokenise", "prioritise", "discretise",
         "digitise", "synthetise", "memorise", "authorise", "computerise", "containerise", "modularise", "popularise",
         "theorise", "temporise", "symmetrise", "metrise", "rasterise", "secularise", "transistorise", "motorise",
         "standardise", "rhapsodise", "methodise", "jeopardise", "periodise", "quantise", "magnetise", "privatise",
         "automatise", "systematise", "dramatise", "monetise", "sensitise", "concretise", "alphabetise")  # fmt: skip
_IRREGULAR = {
    "analyses": "analysis", "hypotheses": "hypothesis", "syntheses": "synthesis", "diagnoses": "diagnosis",
    "theses": "thesis", "crises": "crisis", "emphases": "emphasis", "parentheses": "parenthesis", "axes": "axis",
    "prostheses": "prosthesis", "metastases": "metastasis", "vertices": "vertex", "matrices": "matrix",
    "indices": "index", "indexes": "index", "appendices": "appendix", "criteria": "criterion",
    "phenomena": "phenomenon", "corpora": "corpus", "spectra": "spectrum", "formulae": "formula",
    "automata": "automaton", "children": "child", "men": "man", "women": "woman", "mice": "mouse", "feet": "foot",
    "lives": "life", "leaves": "leaf", "halves": "half", "shelves": "shelf", "knives": "knife", "wolves": "wolf",
    "radii": "radius", "stimuli": "stimulus", "nuclei": "nucleus", "foci": "focus", "loci": "locus",
    "fungi": "fungus", "bacteria": "bacterium", "strata": "stratum", "momenta": "momentum", "quanta": "quantum",
    "maxima": "maximum", "minima": "minimum", "optima": "optimum", "extrema": "extremum", "lemmata": "lemma",
    "caches": "cache", "niches": "niche", "headaches": "headache", "avalanches": "avalanche", "lenses": "lens",
    "biases": "bias", "gases": "gas", "aliases": "alias", "canvases": "canvas", "viruses": "virus",
    "corpuses": "corpus", "buses": "bus", "statuses": "status", "focuses": "focus", "bonuses": "bonus",
    "campuses": "campus", "censuses": "census", "movies": "movie", "cookies": "cookie", "calories": "calorie",
    "zombies": "zombie", "selfies": "selfie", "ties": "tie", "lies": "lie", "pies": "pie", "dies": "die",
    "heroes": "hero", "echoes": "echo", "potatoes": "potato", "tomatoes": "tomato", "quizzes": "quiz",
    "axles": "axle", "pre-trainings": "pre-training",
}  # fmt: skip
_NO_PLURAL = frozenset(
    "series species news lens bias gas canvas atlas pandas keras alias texas christmas chaos pos kudos cosmos ethos "
    "always perhaps whereas apparatus has was its this thus yes kubernetes hermes mercedes herpes diabetes aries "
    "jones james bayes navier-stokes stokes gauss towards forwards backwards besides sometimes status".split()
)


def singular(word: str) -> str:
    """Lower-case word without its plural ending."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3 or not word.endswith("s") or word in _NO_PLURAL or word.endswith(("ss", "us", "is", "ics")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "shes", "ches", "zzes")):
        return word[:-2]
    return word[:-1]


def american(word: str) -> str:
    """Lower-case singular word in American spelling."""
    if word in _BRITISH:
        return _BRITISH[word]
    if "isation" in word:
        return word.replace("isation", "ization")
    for ending in ("ise", "ised", "ising", "iser"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            base = stem + "ise"
            if base in _TIZE or not base.endswith(_ALWAYS_S):
                return stem + "iz" + ending[2:]
    return word


def fold_word(word: str) -> str:
    """Key of one written word; the parts of a hyphenated word are folded one by one and parted by a space."""
    text = word.replace("’", "'")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    # DNS and GPS end in an S of their own; GANs and LLMs in a plural one.
    is_acronym = len(text) > 2 and text.isupper()
    text = text.lower().removesuffix("'s").replace("'", "")
    if is_acronym:
        return " ".join(_HYPHEN.split(text))
    if text.isalpha():
        return american(singular(text))
    return " ".join(american(singular(part)) for part in _HYPHEN.split(text) if part)


def fold_phrase(phrase: str) -> str:
    """Key of a written phrase: its words folded, parted by one space."""
    return " ".join(filter(None, map(fold_word, phrase.split(" "))))
