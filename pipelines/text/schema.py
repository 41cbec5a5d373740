"""Columns of the text tables: the one place that names them.

Extraction returns frames of exactly these columns. Offsets are 0-based character offsets into the *cleaned* title or
abstract of extracted.texts, end exclusive. Nothing here reads or writes.
"""

import polars as pl

#: One row per distinct pair of title and abstract, cleaned.
TEXTS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "title": pl.String(),  # cleaned: one line, LaTeX and entities made readable, NFC
    "abstract": pl.String(),
    "title_key": pl.String(),  # folded title for matching: case, accents, dashes, quotes, LaTeX, spaces
    "language": pl.String(),  # ISO 639 code, or null where unsure
    "text_version": pl.String(),
}

#: One row per text and phrase key without its spaces: a keyword candidate that is among the best of its text.
PHRASES: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "phrase": pl.String(),  # as written in the cleaned text, the last time: in the abstract, if that has it
    "phrase_key": pl.String(),  # folded: case, plural, hyphen or space; words separated by one space
    "word_count": pl.Int64(),
    "occurrence_count": pl.Int64(),  # in title and abstract, however the letters are spaced
    "title_count": pl.Int64(),  # occurrences in the title
    "alone_count": pl.Int64(),  # occurrences with a break on both sides: the phrase is the whole run
    "first_word": pl.Int64(),  # 0-based word position of the first occurrence, title and abstract counted on
    "place": pl.Int64(),  # among the candidates of the text, 1 for the best, by what one text and the background tell
}

#: One row per text that has any: what might be a candidate and is not among the best of the text. Other texts may have
#: it, too, and so it may be a keyword.
FURTHER_PHRASES: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "phrase_keys": pl.List(pl.String()),  # folded like phrase_key, distinct but for spaces
    "are_alone": pl.List(pl.Boolean()),  # of each, whether it occurs with a break on both sides
    "are_names": pl.List(pl.Boolean()),  # of each, whether it is a word of the abstract spelled as no English one is
}

#: One row per extraction batch and folded word: how many texts of the batch have it. Sums over batches are document
#: frequencies; every text is in exactly one batch.
WORDS: dict[str, pl.DataType] = {
    "word": pl.String(),
    "text_count": pl.Int64(),
}

#: One row per link found in a text.
LINKS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "field": pl.String(),
    "start": pl.Int64(),
    "end": pl.Int64(),
    "url": pl.String(),  # repaired and normalised
    "kind": pl.String(),  # code, model, dataset, paper, project, other
    "host": pl.String(),
    "owner": pl.String(),
    "name": pl.String(),  # repository, model or data set
}

#: One row per abbreviation defined in a text.
ABBREVIATIONS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "field": pl.String(),
    "short_form": pl.String(),
    "long_form": pl.String(),
    "short_start": pl.Int64(),
    "long_start": pl.Int64(),
    "short_key": pl.String(),  # folded like phrase_key
    "long_key": pl.String(),
}

#: One row per text that has any: words in capitals, which may be short for something.
SHORT_FORMS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "short_keys": pl.List(pl.String()),  # folded like short_key, those of parts of words beside them
}

#: One row per text: what it is compared with others by, to decide which texts are one paper's.
FINGERPRINTS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "title_core": pl.String(),  # title_key without stop words and remarks such as `extended abstract`
    "title_marks": pl.String(),  # numbers, parts and single letters of the title, in order, numerals as digits
    "title_notice": pl.String(),  # retracted, withdrawn; erratum, retraction, translation: of another paper; else null
    "title_bits": pl.Int64(),  # what its words tell, by how rare they are in the background; see background.weigh_words
    "title_prefix": pl.String(),  # folded part of the first word before a hyphen: `b` of `B-PROP`; null for most
    "title_blocks": pl.List(pl.Int64()),  # numbers of word sets; near titles share one
    "abstract_blocks": pl.List(pl.Int64()),  # MinHash bands and both ends; near abstracts share one
    "abstract_hash": pl.Int64(),  # of the folded words in order; null without an abstract
    "abstract_head": pl.String(),  # its first six words of letters alone, folded
}

#: One row per figure or claim of the state of the art that an abstract reports.
RESULTS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "field": pl.String(),
    "start": pl.Int64(),
    "end": pl.Int64(),
    "sentence_start": pl.Int64(),  # of the sentence it stands in
    "sentence_end": pl.Int64(),
    "surface": pl.String(),
    "value": pl.Float64(),  # null for a claim
    "unit": pl.String(),  # percent, points, times, dB, BLEU, state of the art
    "direction": pl.String(),  # up, down, reached
    "metric": pl.String(),  # as written, null where unclear
}

#: One row per text that names its own method.
METHODS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "method_name": pl.String(),
}

#: One row per distinct keyword that a dump gives for any paper.
GIVEN_KEYWORDS: dict[str, pl.DataType] = {
    "keyword": pl.String(),  # as given
    "phrase_key": pl.String(),  # folded like that of a phrase, without an abbreviation in brackets
}

#: One row per folded word of the background.
BACKGROUND_WORDS: dict[str, pl.DataType] = {
    "word": pl.String(),
    "text_share": pl.Float64(),  # of texts that have it
    "opening_rate": pl.Float64(),  # terms of several words that begin with it, per paper
    "opening_title_share": pl.Float64(),  # of those, that are in the paper's title
    "closing_rate": pl.Float64(),  # the same of terms that end with it
    "closing_title_share": pl.Float64(),
}

#: One row per term of the background.
BACKGROUND_TERMS: dict[str, pl.DataType] = {
    "term_key": pl.String(),  # folded, without spaces
    "paper_share": pl.Float64(),  # of papers that have it
    "title_share": pl.Float64(),  # of those, that have it in the title
    "occurrence_rate": pl.Float64(),  # occurrences per paper, those without it counted too
    "alone_share": pl.Float64(),  # of occurrences between two breaks
}

#: One row per text: what a search finds it by.
SEARCH_TERMS: dict[str, pl.DataType] = {
    "text_id": pl.String(),
    "term_ids": pl.List(pl.Int64()),  # numbers of its distinct search terms, ascending
    "frequencies": pl.List(pl.Int64()),  # of each: occurrences, those in the title weighted
    "term_count": pl.Int64(),  # sum of the frequencies: the weighted length of the text
}
