-- noqa: disable=LT02
{#
    Which keywords come first, in one word. PAPERHOUSE_KEYWORDS names it (`paperhouse build --keywords`), else the
    variable keyword_setting does:

    balanced    real terms first, the few an author would choose on top of them; without terms inside better ones.
    exhaustive  every real term well, as professional indexers do; without terms inside better ones.
    author      the few terms an author would choose on top, a term beside the longer one that holds it.
#}
{% macro keyword_setting() -%}
    {%- set setting = env_var('PAPERHOUSE_KEYWORDS', '') or var('keyword_setting') -%}
    {%- if execute and setting not in ('balanced', 'exhaustive', 'author') -%}
        {%- do exceptions.raise_compiler_error(
            "No keyword setting is called " ~ setting
            ~ ": balanced, exhaustive and author are."
        ) -%}
    {%- endif -%}
    {{- return(setting) -}}
{%- endmacro %}

{# Whether a term inside a better term of the same paper goes, by setting. #}
{% macro keyword_removes_nested() -%}
    {{- return(keyword_setting() != 'author') -}}
{%- endmacro %}

{#
    The signals of the score, name -> SQL, over one row per paper and term with these columns:

        occurrence_count  occurrences in title and abstract, all surface forms together
        alone_count       of those, how many stand between breaks on both sides
        first_word        0-based word position of the first occurrence
        in_title          whether the title has it
        is_long_form      whether the paper defines an abbreviation for it
        word_count        words of the folded term, 1 or more (not limited to 4:
                          `text to image diffusion model` is 2 words as written)
        mean_word_idf     mean over those words of ln((1 + papers) / (1 + papers with it))
        phrase_idf        ln((1 + papers) / (1 + papers with the term))
        title_lift        keyword_lift(papers with it in the title, the same if it were like
                          the average term, 3): "experiment" stands in no title
        alone_lift        keyword_lift(alone_count, the same if it were like the average term,
                          both summed over all papers, 2): "large language" never stands alone
        opening_lift      keyword_lift(papers with other terms of several words that begin
                          with its first word in the title, the same if they were like the
                          average, 10), 0 for one word: "various ..." stands in no title
        closing_lift      the same of terms that end with its last word: "... performance"
        prior_lift        keyword_lift(other papers with it that are given it as a keyword
                          by a dump, the same if it were like the average term, 3); 0 where no
                          dump gives keywords

    `gerund` is 1 for several words of which the first ends in -ing: "erasing objects" is seldom a term, and the lift of
    what it opens with makes up for it where it is, as in "training data".

    idf is cut at 7.5, the highest seen where the weights were fitted, so that a warehouse of any size stays inside the
    fitted range.
#}
{% macro keyword_signals() -%}
    {{- return({
    'frequency': 'ln(occurrence_count)',
    'alone': 'ln(1 + alone_count)',
    'never_alone': 'case when alone_count = 0 then 1 else 0 end',
    'title': 'case when in_title then 1 else 0 end',
    'position': 'ln(1 + first_word)',
    'opens_title': 'case when first_word = 0 then 1 else 0 end',
    'one_word': 'case when word_count = 1 then 1 else 0 end',
    'two_words': 'case when word_count = 2 then 1 else 0 end',
    'three_words': 'case when word_count = 3 then 1 else 0 end',
    'word_idf': 'least(mean_word_idf, 7.5e0)',
    'idf': 'least(phrase_idf, 7.5e0)',
    'one_word_idf': 'case when word_count = 1 then least(phrase_idf, 7.5e0) else 0 end',
    'long_form': 'case when is_long_form then 1 else 0 end',
    'title_lift': 'title_lift',
    'alone_lift': 'alone_lift',
    'opening_lift': 'opening_lift',
    'closing_lift': 'closing_lift',
    'gerund': "case when position('ing ' in term) = position(' ' in term) - 3 then 1 else 0 end",
    'prior': 'prior_lift',
}) -}}
{%- endmacro %}

{#
    Score of one candidate term in one paper; higher is better, and only the order within a paper means anything. The
    weights are those that `python -m benchmarks fit` prints for papers with known keywords. That of the prior is fitted
    after the others, so they serve as well where no keywords are given.
#}
{% macro keyword_score(setting) -%}
{%- set weights = {
    'balanced': {
        'frequency': 0.74,
        'alone': -0.29,
        'never_alone': -0.88,
        'title': -0.04,
        'position': -0.28,
        'opens_title': -1.10,
        'one_word': -0.31,
        'two_words': 0.94,
        'three_words': 0.69,
        'word_idf': 0.07,
        'idf': -0.19,
        'one_word_idf': -0.02,
        'long_form': 0.31,
        'title_lift': 0.63,
        'alone_lift': 0.58,
        'opening_lift': 0.26,
        'closing_lift': 0.67,
        'gerund': -0.62,
        'prior': 0.64,
    },
    'exhaustive': {
        'frequency': -0.87,
        'alone': 2.06,
        'never_alone': -0.93,
        'title': -0.06,
        'position': -0.15,
        'opens_title': -0.12,
        'one_word': -3.24,
        'two_words': -0.10,
        'three_words': 0.19,
        'word_idf': 0.00,
        'idf': -0.17,
        'one_word_idf': 0.30,
        'long_form': -0.11,
        'title_lift': 0.45,
        'alone_lift': 0.46,
        'opening_lift': 0.46,
        'closing_lift': 0.21,
        'gerund': -0.66,
        'prior': 1.07,
    },
    'author': {
        'frequency': 0.95,
        'alone': -0.53,
        'never_alone': -0.88,
        'title': 0.04,
        'position': -0.31,
        'opens_title': -1.44,
        'one_word': 0.17,
        'two_words': 1.56,
        'three_words': 1.02,
        'word_idf': 0.05,
        'idf': -0.14,
        'one_word_idf': 0.06,
        'long_form': 0.58,
        'title_lift': 0.66,
        'alone_lift': 0.59,
        'opening_lift': 0.28,
        'closing_lift': 0.91,
        'gerund': -0.52,
        'prior': 0.58,
    },
}[setting] -%}
{%- set signals = keyword_signals() -%}
{%- set terms = [] -%}
{%- for name in weights -%}
    {%- do terms.append(weights[name] ~ ' * ' ~ signals[name]) -%}
{%- endfor -%}
({{ terms | join(' + ') }})
{%- endmacro %}

{#
    How much more often than expected something holds of a term: ln of how often it does over
    how often it would if the term were like the average one. Smoothed as if the term had
    been seen `weight` times more and been like it, so a term seen once says little.
#}
{% macro keyword_lift(part, expected, mean_share, weight) -%}
    ln(
        ({{ part }} + {{ weight }} * {{ mean_share }})
        / ({{ expected }} + {{ weight }} * {{ mean_share }})
    )
{%- endmacro %}
