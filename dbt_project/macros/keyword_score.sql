{#
    Score of one candidate term in one paper; higher is better, and only the order
    within a paper means anything. Needs one row per paper and term with these columns:

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

    setting: `exhaustive` ranks every real term well, as professional indexers do; take
    it with nested removal (a term inside a better term of the same paper goes).
    `author` puts the few terms an author would choose on top; without nested removal.
    The weights are fitted on papers with known keywords; idf is cut at 7.5, the highest
    seen there, so that a warehouse of any size stays inside the fitted range.
#}
{% macro keyword_score(setting) -%}
{%- set w = {
    'exhaustive': {
        'frequency': -0.19, 'alone': 0.76, 'never_alone': -1.24, 'title': -0.13,
        'position': -0.10, 'one_word': -1.60, 'two_words': -0.07, 'three_words': 0.10,
        'word_idf': 0.03, 'word_idf_squared': 0.0, 'idf': -0.17, 'one_word_idf': 0.13,
        'long_form': 0.31, 'title_lift': 0.39, 'alone_lift': 0.66,
    },
    'author': {
        'frequency': 1.23, 'alone': -0.79, 'never_alone': -0.75, 'title': 0.14,
        'position': -0.14, 'one_word': -1.45, 'two_words': 1.16, 'three_words': 0.89,
        'word_idf': 0.85, 'word_idf_squared': -0.11, 'idf': -0.41, 'one_word_idf': 0.31,
        'long_form': 1.31, 'title_lift': 1.02, 'alone_lift': 0.85,
    },
}[setting] -%}
(
    {{ w.frequency }} * ln(occurrence_count)
    + {{ w.alone }} * ln(1 + alone_count)
    + case when alone_count = 0 then {{ w.never_alone }} else 0 end
    + case when in_title then {{ w.title }} else 0 end
    + {{ w.position }} * ln(1 + first_word)
    + case word_count
        when 1 then {{ w.one_word }} + {{ w.one_word_idf }} * least(phrase_idf, 7.5)
        when 2 then {{ w.two_words }}
        when 3 then {{ w.three_words }}
        else 0
    end
    + {{ w.word_idf }} * least(mean_word_idf, 7.5)
    + {{ w.word_idf_squared }} * power(least(mean_word_idf, 7.5), 2)
    + {{ w.idf }} * least(phrase_idf, 7.5)
    + case when is_long_form then {{ w.long_form }} else 0 end
    + {{ w.title_lift }} * title_lift
    + {{ w.alone_lift }} * alone_lift
)
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
