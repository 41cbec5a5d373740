"""Printed text to one readable line: odd inputs by name, as the quirks of real dumps show them (wording is ours)."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperhouse.text.cleaning import clean_abstracts, clean_titles, fold_titles

ODD = {
    "hard line breaks": ("Small models\n  learn fast\r\nenough", "Small models learn fast enough"),
    "line end that became a blank": (
        "pre- trained models and mod- els of state-of- the-art",
        "pre-trained models and models of state-of-the-art",
    ),
    "hyphens that wait for their words": (
        "pre- and post-training - low- rather than high-end",
        "pre- and post-training - low- rather than high-end",
    ),
    "suspended hyphen at a line end": ("low-\nand mid-level cues", "low- and mid-level cues"),
    "compound broken at its hyphen": ("a multi-\nmodal encoder", "a multi-modal encoder"),
    "word broken, whole elsewhere": ("a represen-\ntation; one representation", "a representation; one representation"),
    "no-break space": ("ten\u00a0tokens", "ten tokens"),
    "soft hyphen and zero width space": ("co\u00adoper\u200bation", "cooperation"),
    "ligatures": ("e\ufb03cient \ufb01ne\u2011tuning", "efficient fine\u2011tuning"),
    "control characters and colour codes": ("red\x1b[31m ink\x00 dries\x0b", "red ink dries"),
    "decomposed accent": ("Erdo\u030bs", "Erdős"),
    "mojibake": ("TÃœLU donâ€™t", "TÜLU don’t"),
    "umlaut that is no mojibake": ("TÜLU 3", "TÜLU 3"),
    "entities": ("R&amp;D of a &lt;EOS&gt; token&#39;s cost", "R&D of a <EOS> token's cost"),
    "entities escaped twice": ("R&amp;amp;D", "R&D"),
    "known tags go, tokens stay": ("<p>a <b>bold</b> <EOS> and <think></p>", "a bold <EOS> and <think>"),
    "inline math": ("cost $O(n^2)$ and \\( x \\)", "cost O(n²) and x"),
    "dollars": ("between $5 and $10 a day", "between $5 and $10 a day"),
    "styles": (r"\textit{stable} {\em entropic} \textbf{hard and soft}", "stable entropic hard and soft"),
    "styles without their backslash": ("texttt{D}ual-texttt{H}ead teal{Tool-use}", "Dual-Head Tool-use"),
    "escaped per cent": (r"40\% of R\&D", "40% of R&D"),
    "ties": ("models~(VLMs) by Fig.~2", "models (VLMs) by Fig. 2"),
    "about, not a tie": ("~10x faster, 7.3~8.2 points", "~10x faster, 7.3~8.2 points"),
    "TeX quotes": ("the ``warm-up'' phase", 'the "warm-up" phase'),
    "dashes": ("one -- or two --- words---joined", "one — or two — words—joined"),
    "exponents": ("R^2 of M^{3}Net at 10^{26}", "R² of M³Net at 10^26"),
    "subscripts": ("the L_2 norm, ell_1, pi_{0}, G_{stack}", "the L2 norm, ℓ1, π0, G_stack"),
    "degrees": ("360^circ and 90{\\deg}", "360° and 90°"),
    "Greek commands": ("{\\Delta}G and \\alpha-decay", "ΔG and α-decay"),
    "accent commands": ("na\\\"{\\i}ve caf\\'e", "naïve café"),
    "escaped apostrophe is no accent": ("don\\'t", "don't"),
    "the authors' own command": ("we call it \\ours, and \\OurNet~wins", "we call it ours, and OurNet wins"),
    "flattened times after a digit": ("2.3times faster, 16times3.8B", "2.3× faster, 16×3.8B"),
    "the word times": ("3 times faster", "3 times faster"),
    "flattened relations": ("leq 30 of sim3, approx 5%", "≤30 of ~3, ≈5%"),
    "dashes without a backslash": (
        "two gearsx2013one of (brass)x2014turn at 2048x2013",
        "two gears—one of (brass)—turn at 2048x2013",
    ),
    "sim that is no relation": ("sim2real and sim-to-real", "sim2real and sim-to-real"),
    "sets keep their braces": ("values in {-1, 0, 1} of {3D GU}", "values in {-1, 0, 1} of 3D GU"),
    "Markdown bold": ("**C**hinese **INT8** maths", "Chinese INT8 maths"),
    "wrapped link": (r"code: \url{https://a.example/b_c~d--e}.", "code: https://a.example/b_c~d--e."),
    "link printed twice": ("at https://a.example/b{https://a.example/b}.", "at https://a.example/b."),
    "link with the words it stood for": ("at https://a.example/b{this https URL}.", "at https://a.example/b."),
    "link with a name": ("see https://a.example/b{the demo}", "see https://a.example/b (the demo)"),
    "escaped underscore in a link": (r"https://a.example/jump\_cod/", "https://a.example/jump_cod/"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_text_is_cleaned(name):
    printed, readable = ODD[name]
    assert clean_titles(pl.Series([printed])).to_list() == [readable]


def test_leading_abstract_label_goes_but_the_word_stays():
    printed = pl.Series(["Abstract: We measure.", "ABSTRACT — We measure.", "Abstract algebra helps.", "  ", None])
    assert clean_abstracts(printed).to_list() == [
        "We measure.",
        "We measure.",
        "Abstract algebra helps.",
        None,
        None,
    ]


SAME_TITLE = {
    "case": ("Deep Widgets", "DEEP widgets"),
    "accents": ("TÜLU 3: Pushing On", "Tulu 3: pushing on"),
    "dashes": ("Fast–Slow Learning", "Fast-Slow Learning"),
    "quotes": ("It’s “Done”", 'It\'s "Done"'),
    "closing dot": ("A Title.", "A Title"),
    "Greek letter named by a page": ("$\\beta$-Net for Widgets", "beta-Net for Widgets"),
    "TeX": ("$\\alpha$-Net for R^2", "α-Net for R²"),
    "line break": ("A Long\n  Title", "A Long Title"),
    "Unicode form": ("Caf\u00e9", "Cafe\u0301"),
}
OTHER_TITLE = {
    "prefix token": ("B-PROP: Bigger", "PROP: Bigger"),
    "part": ("Scaling, Part 3.1", "Scaling, Part 3.3"),
    "dot in a number": ("Version 1.5", "Version 15"),
    "plus signs": ("Better C Code", "Better C++ Code"),
    "sharp": ("Better C Code", "Better C# Code"),
    "number": ("Llama 2 Revisited", "Llama 3 Revisited"),
}


def _keys(titles):
    return fold_titles(clean_titles(pl.Series(titles))).to_list()


@pytest.mark.parametrize("name", SAME_TITLE)
def test_spellings_of_one_title_have_one_key(name):
    first, second = _keys(SAME_TITLE[name])
    assert first == second


@pytest.mark.parametrize("name", OTHER_TITLE)
def test_different_titles_keep_different_keys(name):
    first, second = _keys(OTHER_TITLE[name])
    assert first != second


def test_titles_in_other_scripts_keep_their_letters():
    assert _keys(["深度学习 для всех"]) == ["深度学习 для всех"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), min_size=1, max_size=8))
def test_cleaned_text_is_one_trimmed_line_and_does_not_depend_on_its_neighbours(texts):
    together = clean_titles(pl.Series(texts)).to_list()
    assert together == [clean_titles(pl.Series([text]))[0] for text in texts]
    for text in together:
        assert text == text.strip(" ")
        assert not any(c in text for c in "\n\r\t\x00\u2028\u00ad\u200b")
        assert "  " not in text


def test_what_is_cleaned_stays_as_it_was():
    printed = pl.Series([r"$\beta$-gears"])
    assert clean_titles(printed).to_list() == ["β-gears"]
    assert printed.to_list() == [r"$\beta$-gears"]
