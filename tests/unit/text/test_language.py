"""The language guess: English by its function words, others by the model, null where a text says too little."""

import polars as pl
import pytest
from extracted_texts import extract_each

from paperhouse.text import extract_texts

TEXTS = {
    "en": "We turn the gears of a lattice, and we find that it is better to turn them in both directions.",
    "de": "Wir drehen die Zahnräder eines Gitters und finden, dass es besser ist, sie in beide Richtungen zu drehen.",
    "fr": "Nous tournons les roues dans une grille et nous trouvons que la machine est plus rapide avec des dents.",
    "es": "Giramos las ruedas de la red y encontramos que es mejor girar las ruedas en una sola dirección.",
    "pt": "Giramos as rodas da rede e não é possível parar uma roda com os dentes em um só dia, que é o nosso fim.",
    "it": "Giriamo le ruote della rete e troviamo che una ruota è la migliore per il dente di un grande ingranaggio.",
    "ja": "歯車を両方向に回すと格子がよりよく動くことを示す。",
    "zh": "我们发现双向转动齿轮可以使网格运行得更好。",
    "ko": "톱니바퀴를 양방향으로 돌리면 격자가 더 잘 움직인다.",
    "ru": "Мы показываем, что решётка движется лучше, если вращать шестерни в обе стороны.",
}


#: Titles above a text of TEXTS, and whether phrases are found there.
TITLES = [
    ("Gear lattices from few examples", "zh", True),
    ("Gear lattices from few examples", "de", True),
    ("Graph Neural Networks for Gear Lattices", "ru", True),
    ("Zahnräder in einem Gitter", "de", False),
    ("Kleine Zahnradmodelle im Vergleich", "de", False),
    ("GearNet 齿轮网格的双向转动", "zh", False),
    ("GearNet", "ja", False),
]
LISTS = [
    "GPT-4, LLaMA-2-70B, Mistral-7B, Qwen2-72B, Gemma-2-9B, DeepSeek-V2, Phi-3, Yi-34B, Falcon-180B, BLOOM.",
    "Datasets: MMLU, GSM8K, HumanEval, MATH, BBH, ARC-Challenge, HellaSwag, TruthfulQA, WinoGrande, DROP, MBPP.",
]


@pytest.fixture(scope="module")
def found():
    """What is found in each text: by language, by title and language, and by list."""
    texts = {code: ("GearNet", text) for code, text in TEXTS.items()}
    texts |= {f"{title} {code}": (title, TEXTS[code]) for title, code, _ in TITLES}
    return extract_each(texts | {text: ("On names", text) for text in LISTS})


@pytest.mark.parametrize("code", TEXTS)
def test_language_is_recognised(found, code):
    assert found[code].texts["language"].to_list() == [code]


def test_a_short_text_is_left_open_and_still_gives_phrases():
    texts = pl.DataFrame({"text_id": ["t"], "title": ["Gear lattices"], "abstract": pl.Series([None], dtype=pl.String)})
    facts = extract_texts(texts)
    assert facts.texts["language"].to_list() == [None]
    assert "Gear lattices" in facts.phrases["phrase"]


def test_function_words_decide_not_the_odd_foreign_word():
    abstract = "The warming of the sea by El Niño is what we try to see."
    texts = pl.DataFrame({"text_id": ["t"], "title": ["El Niño"], "abstract": [abstract]})
    assert extract_texts(texts).texts["language"].to_list() == ["en"]


@pytest.mark.parametrize("abstract", LISTS)
def test_a_list_of_names_is_not_taken_for_another_language(found, abstract):
    assert found[abstract].texts["language"].to_list()[0] in (None, "en")


def test_texts_in_other_languages_are_kept_and_give_no_phrases():
    texts = pl.DataFrame({"text_id": ["t"], "title": ["Zahnräder im Gitter"], "abstract": [TEXTS["de"]]})
    facts = extract_texts(texts)
    assert facts.texts["abstract"].to_list() == [TEXTS["de"]]
    assert facts.phrases.height == facts.words.height == 0


@pytest.mark.parametrize(("title", "code", "has_phrases"), TITLES)
def test_an_english_title_above_another_language_gives_phrases(found, title, code, has_phrases):
    facts = found[f"{title} {code}"]
    assert facts.texts["language"].to_list() == [code]
    assert set(facts.phrases["phrase"]) >= (
        {title.split(" f")[0]} if has_phrases and title.startswith("Gear ") else set()
    )
    assert facts.phrases.is_empty() != has_phrases
    assert all(phrase in title for phrase in facts.phrases["phrase"])
