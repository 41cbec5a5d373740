"""Which characters are replaced before anything is shown: held to Unicode's own classes."""

from __future__ import annotations

import sys
import unicodedata

from paperhouse.showing.clean import clean
from paperhouse.showing.hypertext import clean as clean_for_pages

#: Of what Unicode calls format or control, these are left alone: they are seen, or needed to write.
KEPT = {
    *"\t\n\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}",
    *map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)]),
}


def test_every_character_that_acts_is_replaced_and_no_letter_is():
    acting = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if number in (0xFFFE, 0xFFFF) or (unicodedata.category(character) in acting and character not in KEPT):
            assert clean(character) == "\N{REPLACEMENT CHARACTER}", hex(number)
        elif unicodedata.category(character) not in ("Cn", "Co"):
            assert clean(character) == character, hex(number)


def test_there_is_one_rule_for_all_screens():
    assert clean is clean_for_pages
