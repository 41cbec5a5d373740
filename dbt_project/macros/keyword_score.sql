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
        title_lift        keyword_lift(papers with it in the title, papers with it,
                          its mean over all terms, 3): "experiment" stands in no title
        alone_lift        keyword_lift(alone_count, occurrence_count, both summed over
                          all papers, its mean over all terms, 2): "large language" never
                          stands alone anywhere
        opening_lift      keyword_lift(papers with other terms of several words that begin
                          with its first word in the title, papers with them, mean over all,
                          10), 0 for one word: terms beginning with "various" stand in no title
        closing_lift      the same of terms that end with its last word: "... performance"
        prior_lift        keyword_lift(other papers with it that are given it as a keyword
                          by a dump, other papers with it that are given keywords, its mean
                          over all terms, 3); 0 where no dump gives keywords

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
    'word_idf': 'least(mean_word_idf, 7.5)',
    'idf': 'least(phrase_idf, 7.5)',
    'one_word_idf': 'case when word_count = 1 then least(phrase_idf, 7.5) else 0 end',
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
        'frequency': 0.81,
        'alone': -0.21,
        'never_alone': -0.83,
        'title': -0.24,
        'position': -0.31,
        'opens_title': -1.18,
        'one_word': 0.11,
        'two_words': 0.94,
        'three_words': 0.67,
        'word_idf': 0.09,
        'idf': -0.18,
        'one_word_idf': -0.10,
        'long_form': 0.12,
        'title_lift': 0.83,
        'alone_lift': 0.67,
        'opening_lift': 0.33,
        'closing_lift': 0.63,
        'gerund': -0.55,
        'prior': 0.51,
    },
    'exhaustive': {
        'frequency': -0.82,
        'alone': 2.01,
        'never_alone': -0.75,
        'title': -0.13,
        'position': -0.20,
        'opens_title': -0.19,
        'one_word': -3.06,
        'two_words': 0.00,
        'three_words': 0.27,
        'word_idf': 0.00,
        'idf': -0.17,
        'one_word_idf': 0.28,
        'long_form': -0.13,
        'title_lift': 0.40,
        'alone_lift': 0.49,
        'opening_lift': 0.49,
        'closing_lift': 0.14,
        'gerund': -0.53,
        'prior': 0.93,
    },
    'author': {
        'frequency': 1.04,
        'alone': -0.43,
        'never_alone': -0.78,
        'title': -0.14,
        'position': -0.35,
        'opens_title': -1.55,
        'one_word': 0.67,
        'two_words': 1.67,
        'three_words': 1.07,
        'word_idf': 0.07,
        'idf': -0.12,
        'one_word_idf': 0.01,
        'long_form': 0.38,
        'title_lift': 0.79,
        'alone_lift': 0.68,
        'opening_lift': 0.36,
        'closing_lift': 0.88,
        'gerund': -0.47,
        'prior': 0.43,
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
    How much more often than the average term something holds of a term: ln of its share
    over the mean share. The share is smoothed towards the mean as if `weight` more
    occurrences had behaved like it, so a term seen once says little.
#}
{% macro keyword_lift(part, whole, mean_share, weight) -%}
    ln(
        ({{ part }} + {{ weight }} * {{ mean_share }})
        / (({{ whole }} + {{ weight }}) * {{ mean_share }})
    )
{%- endmacro %}

{#
    What speaks for a term by its wording alone: the signals one_word, two_words, three_words, opening_lift, closing_lift
    and gerund of the balanced score, the lifts by the background's papers only, so that it is the same in any corpus.

    terms, openings, closings: names of a relation of terms and of stg_words, joined by first and last word.
#}
{% macro wording_score(terms, openings, closings) -%}
    case {{ terms }}.word_count
        when 1 then 0.11
        else
            case {{ terms }}.word_count when 2 then 0.94 when 3 then 0.67 else 0 end
            + 0.33 * {{ background_lift(openings, 'opening') }}
            + 0.63 * {{ background_lift(closings, 'closing') }}
            - case
                when position('ing ' in {{ terms }}.term) = position(' ' in {{ terms }}.term) - 3
                    then 0.55
                else 0
            end
    end
{%- endmacro %}

{# The same of how a paper uses a term: signals frequency, alone, title and position. #}
{% macro place_score(papers_terms) -%}
    0.81 * ln({{ papers_terms }}.occurrence_count)
    - 0.21 * ln(1 + {{ papers_terms }}.alone_count)
    - case when {{ papers_terms }}.in_title then 0.24 else 0 end
    - 0.31 * ln(1 + {{ papers_terms }}.first_word)
{%- endmacro %}

{% macro background_lift(words, end) -%}
    {%- set column = words ~ '.background_' ~ end -%}
    {%- set rate = var('background_papers') ~ ' * coalesce(' ~ column ~ '_rate, 0)' -%}
    {%- set share = 'coalesce(' ~ column ~ '_title_share, 0)' -%}
    {{ keyword_lift(rate ~ ' * ' ~ share, rate, var('background_title_share'), 10) }}
{%- endmacro %}
