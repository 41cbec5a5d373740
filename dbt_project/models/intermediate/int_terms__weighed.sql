-- Long, but one grain: what a term weighs, each part of it asked once and only here.
with terms as (
    select * from {{ ref('int_terms__counted') }}
),

papers_terms as (
    select * from {{ ref('int_papers_terms__counted') }}
),

words as (
    select * from {{ ref('stg_words') }}
),

background as (
    select * from {{ ref('stg_background_terms') }}
),

-- Of the warehouse and of its background, which only matters while there are few.
texts as (
    select count(*) + {{ var('background_papers') }} as text_count
    from {{ ref('stg_texts') }}
),

-- Of stops and fragments, too; never 0, so that a lift is defined where no title was printed.
means as (
    select
        greatest(
            count(*) filter (where in_title) * 1e0 / nullif(count(*), 0), 0.001e0
        ) as title_share,
        greatest(sum(alone_count) * 1e0 / sum(occurrence_count), 0.001e0) as alone_share
    from papers_terms
),

-- The same of the background, whose candidates are all that there were, not the best of each
-- text: each use is expected to be what it is on average where it was counted. In whole
-- millionths: sums of integers do not depend on the order of the rows.
background_means as (
    select
        sum({{ nearest_whole('1e6 * paper_share * title_share') }}) * 1e0
        / nullif(sum({{ nearest_whole('1e6 * paper_share') }}), 0) as title_share,
        sum({{ nearest_whole('1e6 * occurrence_rate * alone_share') }}) * 1e0
        / nullif(sum({{ nearest_whole('1e6 * occurrence_rate') }}), 0) as alone_share
    from background
),

expected as (
    select
        terms.*,
        terms.paper_count * means.title_share
        + (terms.all_paper_count - terms.paper_count)
        * coalesce(background_means.title_share, 0) as expected_title_paper_count,
        terms.occurrence_count * means.alone_share
        + (terms.all_occurrence_count - terms.occurrence_count)
        * coalesce(background_means.alone_share, 0) as expected_alone_count
    from terms
    cross join means
    cross join background_means
),

word_idfs as (
    select
        words.word,
        {{ nearest_whole(
            '1e9 * ln((1e0 + texts.text_count) / (1e0 + words.text_count + '
            ~ var('background_papers') ~ ' * words.background_share))'
        ) }} as idf
    from words
    cross join texts
),

split as (
    select
        term_hash,
        {{ unnested_words('term') }} as word
    from terms
),

rarities as (
    select
        split.term_hash,
        sum(coalesce(word_idfs.idf, 0)) / 1e9 / count(*) as mean_word_idf
    from split
    left join word_idfs on split.word = word_idfs.word
    group by split.term_hash
),

-- Of several words: what begins and what ends them says what a term seen once is worth.
several as (
    select
        term_hash,
        {{ first_word('term') }} as opening,
        {{ last_word('term') }} as closing,
        paper_count,
        title_paper_count,
        all_paper_count,
        all_title_paper_count
    from terms
    where word_count > 1
),

several_means as (
    select
        greatest(sum(title_paper_count) * 1e0 / sum(paper_count), 0.001e0)
            as title_share
    from several
),

{% for end in ['opening', 'closing'] %}
    {{ end }}s as (
        select
            several.{{ end }} as word,
            sum(several.title_paper_count)
            + {{ var('background_papers') }} * coalesce(
                min(words.background_{{ end }}_rate * words.background_{{ end }}_title_share),
                0
            ) as title_paper_count,
            sum(several.paper_count) * min(means.title_share)
            + {{ var('background_papers') }}
            * coalesce(min(words.background_{{ end }}_rate), 0)
            * {{ var('background_title_share') }} as expected_title_paper_count
        from several
        left join words on several.{{ end }} = words.word
        cross join several_means as means
        group by several.{{ end }}
    ),
{% endfor %}

-- The term itself is left out: it has its own title_lift.
bounded as (
    select
        several.term_hash,
        {{ keyword_lift(
            'greatest(openings.title_paper_count - several.all_title_paper_count, 0)',
            'greatest(openings.expected_title_paper_count'
            ~ ' - several.paper_count * means.title_share'
            ~ ' - (several.all_paper_count - several.paper_count)'
            ~ ' * ' ~ var('background_title_share') ~ ', 0)',
            'means.title_share', 10
        ) }} as opening_lift,
        {{ keyword_lift(
            'greatest(closings.title_paper_count - several.all_title_paper_count, 0)',
            'greatest(closings.expected_title_paper_count'
            ~ ' - several.paper_count * means.title_share'
            ~ ' - (several.all_paper_count - several.paper_count)'
            ~ ' * ' ~ var('background_title_share') ~ ', 0)',
            'means.title_share', 10
        ) }} as closing_lift
    from several
    inner join openings on several.opening = openings.word
    inner join closings on several.closing = closings.word
    cross join several_means as means
),

weighed as (
    select
        terms.term_hash,
        terms.term,
        terms.term_key,
        terms.form_count,
        terms.word_count,
        terms.paper_count,
        terms.further_paper_count,
        terms.further_given_paper_count,
        terms.occurrence_count,
        terms.listed_paper_count,
        terms.given_paper_count,
        terms.coined_count,
        terms.alone_paper_count,
        terms.heading_paper_count,
        terms.repeating_paper_count,
        terms.foremost_paper_count,
        ln((1e0 + texts.text_count) / (1e0 + terms.all_paper_count)) as phrase_idf,
        rarities.mean_word_idf,
        {{ keyword_lift(
            'terms.all_title_paper_count', 'terms.expected_title_paper_count',
            'means.title_share', 3
        ) }} as title_lift,
        {{ keyword_lift(
            'terms.all_alone_count', 'terms.expected_alone_count',
            'means.alone_share', 2
        ) }} as alone_lift,
        coalesce(bounded.opening_lift, 0) as opening_lift,
        coalesce(bounded.closing_lift, 0) as closing_lift
    from expected as terms
    inner join rarities on terms.term_hash = rarities.term_hash
    left join bounded on terms.term_hash = bounded.term_hash
    cross join texts
    cross join means
)

select * from weighed
