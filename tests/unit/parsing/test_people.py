"""Names of people in one text, as people list them: one rule for every layout."""

import pytest

from paperhouse.parsing import authors, people
from paperhouse.parsing.documents import wording

#: A list as it is printed, with a bar between the names it holds; a list that says it goes on ends in `+`.
LISTS = [
    ("Ada Quill", "Ada Quill"),
    ("Quill, Ada", "Quill, Ada"),
    ("Quill, Ada B.", "Quill, Ada B."),
    ("Ada Quill and Bo Reed", "Ada Quill|Bo Reed"),
    ("Ada Quill & Bo Reed", "Ada Quill|Bo Reed"),
    ("Ada Quill und Bo Reed", "Ada Quill|Bo Reed"),
    ("Ada Quill, Bo Reed", "Ada Quill|Bo Reed"),
    ("Ada Quill, Bo Reed, and Cy Dale", "Ada Quill|Bo Reed|Cy Dale"),
    ("Quill, Ada and Reed, Bo", "Quill, Ada|Reed, Bo"),
    ("Quill, Ada and Reed, Bo and Dale, Cy", "Quill, Ada|Reed, Bo|Dale, Cy"),
    ("Quill, Ada, Reed, Bo", "Quill, Ada|Reed, Bo"),
    ("Quill, Ada; Reed, Bo; Dale, Cy", "Quill, Ada|Reed, Bo|Dale, Cy"),
    ("Quill, Mossa, Quill, Fernis", "Quill, Mossa|Quill, Fernis"),
    ("Quill, Fernis, Reed, Fernis", "Quill, Fernis|Reed, Fernis"),
    ("Quill-Moss, Fernis, Reed, Anna-Lena", "Quill-Moss, Fernis|Reed, Anna-Lena"),
    # Single words are firms, or family names, where nothing says that every second one is a given name.
    ("OpenAI, Google, Meta, Microsoft", "OpenAI|Google|Meta|Microsoft"),
    ("Google, Meta, Microsoft, Apple", "Google|Meta|Microsoft|Apple"),
    ("Quill, Reed, Dale, Ashby", "Quill|Reed|Dale|Ashby"),
    ("Fernworks, IBM, Mossly, NVIDIA", "Fernworks|IBM|Mossly|NVIDIA"),
    ("Ada, Bo, Anna, David", "Ada|Bo|Anna|David"),
    ("Quill, A.; Reed, B.", "Quill, A.|Reed, B."),
    ("Quill, A., Reed, B. C., Dale, D.-E.", "Quill, A.|Reed, B. C.|Dale, D.-E."),
    ("Quill, A., Reed, B., & Dale, C.", "Quill, A.|Reed, B.|Dale, C."),
    ("Quill A, Reed B, Dale CD", "Quill A|Reed B|Dale CD"),
    ("A. Quill, B. Reed", "A. Quill|B. Reed"),
    ("A Ash, B Birch and C Cedar, D Dale", "A Ash|B Birch|C Cedar|D Dale"),
    ("Ada Quill; Bo Reed and Cy Dale", "Ada Quill|Bo Reed|Cy Dale"),
    ("Ada Quill; Institute for Moss and Fern", "Ada Quill|Institute for Moss and Fern"),
    ("Ada Quill | Bo Reed", "Ada Quill|Bo Reed"),
    ("Ada Quill · Bo Reed", "Ada Quill|Bo Reed"),
    ("Ada Quill\nBo Reed", "Ada Quill|Bo Reed"),
    ("van der Berg, Ada; de la Cruz, Bo", "van der Berg, Ada|de la Cruz, Bo"),
    ("Ada Quill, Jr., Bo Reed, III", "Ada Quill, Jr.|Bo Reed, III"),
    ("Quill, Jr., Ada and Reed, Bo", "Quill, Jr., Ada|Reed, Bo"),
    ("王小明, 李雷", "王小明|李雷"),
    ("王小明、李雷", "王小明|李雷"),
    ("王小明；李雷", "王小明|李雷"),
    # What goes on elsewhere.
    ("Ada Quill et al.", "Ada Quill+"),
    ("Quill, A., et al", "Quill, A.+"),
    ("Ada Quill, Bo Reed et al. (2021)", "Ada Quill|Bo Reed+"),
    ("Ada Quill [et al.]", "Ada Quill+"),
    ("Ada Quill and others", "Ada Quill+"),
    ("Ada Quill, Bo Reed and many others", "Ada Quill|Bo Reed+"),
    ("Quill, A. and Reed, B. and others", "Quill, A.|Reed, B.+"),
    ("Ada Quill; others", "Ada Quill+"),
    ("Ada Quill, Bo Reed, and 5 others", "Ada Quill|Bo Reed+"),
    ("Ada Quill + 3 more", "Ada Quill+"),
    ("Ada Quill, Bo Reed (+12)", "Ada Quill|Bo Reed+"),
    ("Ada Quill, Bo Reed, ...", "Ada Quill|Bo Reed+"),
    ("Ada Quill … 12 more authors", "Ada Quill+"),
    ("Ada Quill, Bo Reed u. a.", "Ada Quill|Bo Reed+"),
    ("王小明, 李雷 等", "王小明|李雷+"),
    ("山田太郎 他", "山田太郎+"),
    ("et al.", "+"),
    ("and others", "+"),
    # What only looks so.
    ("Ada Quill and Cy Others", "Ada Quill|Cy Others"),
    ("Ada Quill, Cy Others", "Ada Quill|Cy Others"),
    ("Cy Others", "Cy Others"),
    ("Others, Cy and Quill, Ada", "Others, Cy|Quill, Ada"),
    ("Ada Quill, Bo Etal", "Ada Quill|Bo Etal"),
    ("Alexander Alison, Ada More", "Alexander Alison|Ada More"),
]


def spell(expected: str) -> tuple[list[str], bool]:
    names = expected.removesuffix("+")
    return names.split("|") if names else [], not expected.endswith("+")


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_a_list_of_people_is_told_apart(text: str, expected: str) -> None:
    assert people.split_people(text) == spell(expected)


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_a_table_and_a_reference_are_read_alike(text: str, expected: str) -> None:
    names, is_whole = spell(expected)
    assert authors.read_people(text) == (names or None, is_whole)
    count = len(names) if names and is_whole else None
    assert people.read_people(text) == {"authors": names or None, "author_count": count}


def test_a_list_of_names_is_cut_where_it_goes_on() -> None:
    assert authors.read_people(["Ada Quill", "Cy Others"]) == (["Ada Quill", "Cy Others"], True)
    assert authors.read_people(["Ada Quill", "others"]) == (["Ada Quill"], False)
    assert authors.read_people([{"name": "Ada Quill"}, {"name": "et al."}]) == (["Ada Quill"], False)


def test_names_of_a_list_are_decoded_too() -> None:
    assert authors.read_people(["Ada Qu&#237;ll", {"name": "Bo R&eacute;ed"}]) == (["Ada Quíll", "Bo Réed"], True)


def test_bibtex_has_the_same_rule() -> None:
    assert people.read_tex_people("Quill, Ada and Others, Cy")["author_count"] == 2
    assert people.read_tex_people("Quill, Ada and others") == {"authors": ["Quill, Ada"], "author_count": None}
    assert people.read_tex_people("Quill, Ada and Reed, Bo et al.")["author_count"] is None


def test_a_page_knows_the_same_ends() -> None:
    assert wording.find_people("Ada Quill, Bo Reed, and 5 others") == "Ada Quill, Bo Reed, and 5 others"
    assert wording.find_people("Ada Quill and Cy Others") == "Ada Quill and Cy Others"


def test_a_list_that_says_it_a_thousand_times_is_cut() -> None:
    assert people.split_people("Ada Quill" + ", et al." * 5_000) == (["Ada Quill"], False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Orla Quist1, Bram Teller2,3*", ["Orla Quist", "Bram Teller"]),
        ("Orla Quist †, Bram Teller ‡", ["Orla Quist", "Bram Teller"]),
        ("Orla Quist<sup>1</sup>, Bram Teller<sup>1,2</sup>", ["Orla Quist", "Bram Teller"]),
        ("Orla Quist (Sea University), Bram Teller (orla@sea.example)", ["Orla Quist", "Bram Teller"]),
        ("Orla (Ola) Quist, Bram Teller", ["Orla (Ola) Quist", "Bram Teller"]),
        ("Wei Wang (王伟), Bram Teller", ["Wei Wang (王伟)", "Bram Teller"]),
        # Exports of ACM's library: an entity's semicolon ends no name.
        ("Orla Qu&#237;st, Bram T&eacute;ller &amp; Nic&#225;s Moss", ["Orla Quíst", "Bram Téller", "Nicás Moss"]),
        ("By Orla Quist and Bram Teller", ["Orla Quist", "Bram Teller"]),
        ("Authors: Orla Quist, Bram Teller", ["Orla Quist", "Bram Teller"]),
        ("Bytes Quist, Authora Teller", ["Bytes Quist", "Authora Teller"]),
        ("Ferry4, Lamp2, Gull7", ["Ferry4", "Lamp2", "Gull7"]),
    ],
)
def test_what_stands_at_names_in_print_is_no_part_of_them(text, names):
    assert authors.read_people(text) == (names, True)
