with forms as (
    select * from {{ ref('int_forms__counted') }}
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

given as (
    select distinct
        paper_number,
        term_hash
    from {{ ref('int_papers_terms__given') }}
),

-- Of the warehouse and of its background, which only matters while there are few.
texts as (
    select count(*) + {{ var('background_papers') }} as text_count
    from {{ ref('stg_texts') }}
),

-- Of the project for all warehouses, and of the user for this one.
stops as (
    select {{ close_words('term') }} as term_key from {{ ref('keyword_stops') }}
    union
    select keyword_key as term_key
    from {{ ref('stg_keyword_overrides') }}
    where action = 'stop'
),

-- Most terms have one form, which names them: choosing among texts is what DuckDB cannot
-- spill, so it is asked to do so only where there is a choice.
formed as (
    select
        term_hash,
        cast(count(*) as integer) as form_count
    from forms
    group by term_hash
    having bool_or(is_ever_alone)
),

named as (
    select
        forms.term_hash,
        coalesce(forms.folded_into, forms.phrase_key) as term,
        case when forms.rule = 'split' then 'apart ' || forms.form end as split_form,
        formed.form_count
    from forms
    inner join formed on forms.term_hash = formed.term_hash
    where formed.form_count = 1
    union all
    select
        forms.term_hash,
        -- Its words are those of its commonest form: pre training or pretraining.
        min_by(
            coalesce(forms.folded_into, forms.phrase_key),
            (forms.is_abbreviation, -forms.occurrence_count, forms.form)
        ) as term,
        min('apart ' || forms.form) filter (where forms.rule = 'split') as split_form,
        formed.form_count
    from forms
    inner join formed on forms.term_hash = formed.term_hash
    where formed.form_count > 1
    group by forms.term_hash, formed.form_count
),

keyed as (
    select
        *,
        coalesce(split_form, {{ close_words('term') }}) as term_key
    from named
),

kept as (
    select keyed.*
    from keyed
    left join stops on keyed.term_key = stops.term_key
    where stops.term_key is null
),

spread as (
    select
        term_hash,
        cast(count(*) as integer) as paper_count,
        cast(count(*) filter (where in_title) as integer) as title_paper_count,
        cast(sum(occurrence_count) as integer) as occurrence_count,
        cast(sum(alone_count) as integer) as alone_count
    from papers_terms
    group by term_hash
),

-- Never 0, so that a lift is defined where no title was printed at all.
means as (
    select
        greatest(sum(title_paper_count) * 1.0 / sum(paper_count), 0.001)
            as title_share,
        greatest(sum(alone_count) * 1.0 / sum(occurrence_count), 0.001)
            as alone_share
    from spread
),

-- In whole billionths: sums of integers do not depend on the order of the rows.
word_idfs as (
    select
        words.word,
        cast(
            1e9 * ln(
                (1.0 + texts.text_count)
                / (
                    1.0 + words.text_count
                    + {{ var('background_papers') }} * words.background_share
                )
            ) as bigint
        ) as idf
    from words
    cross join texts
),

split as (
    select
        term_hash,
        {{ unnested_words('term') }} as word
    from kept
),

weighed as (
    select
        split.term_hash,
        cast(count(*) as integer) as word_count,
        sum(coalesce(word_idfs.idf, 0)) / 1e9 / count(*) as mean_word_idf
    from split
    left join word_idfs on split.word = word_idfs.word
    group by split.term_hash
),

listed_papers as (
    select distinct paper_number from given
),

-- Of the papers that have the term and are given keywords, how many are given this one.
listed as (
    select
        papers_terms.term_hash,
        cast(count(*) as integer) as listed_paper_count,
        cast(count(given.term_hash) as integer) as given_paper_count
    from papers_terms
    inner join listed_papers
        on papers_terms.paper_number = listed_papers.paper_number
    left join given
        on
            papers_terms.paper_number = given.paper_number
            and papers_terms.term_hash = given.term_hash
    group by papers_terms.term_hash
),

-- As if the background's papers were here, too.
enlarged as (
    select
        kept.term_hash,
        spread.paper_count
        + {{ var('background_papers') }} * coalesce(background.paper_share, 0)
            as paper_count,
        spread.title_paper_count
        + {{ var('background_papers') }}
        * coalesce(background.paper_share * background.title_share, 0)
            as title_paper_count,
        spread.occurrence_count
        + {{ var('background_papers') }} * coalesce(background.occurrence_rate, 0)
            as occurrence_count,
        spread.alone_count
        + {{ var('background_papers') }}
        * coalesce(background.occurrence_rate * background.alone_share, 0)
            as alone_count
    from kept
    inner join spread on kept.term_hash = spread.term_hash
    left join background on kept.term_key = background.term_key
),

-- Of several words: what begins and what ends them says what a term seen once is worth.
several as (
    select
        kept.term_hash,
        {{ first_word('kept.term') }} as opening,
        {{ last_word('kept.term') }} as closing,
        spread.paper_count,
        spread.title_paper_count,
        enlarged.paper_count as own_count,
        enlarged.title_paper_count as own_title_count
    from kept
    inner join weighed on kept.term_hash = weighed.term_hash
    inner join spread on kept.term_hash = spread.term_hash
    inner join enlarged on kept.term_hash = enlarged.term_hash
    where weighed.word_count > 1
),

several_means as (
    select
        greatest(sum(title_paper_count) * 1.0 / sum(paper_count), 0.001)
            as title_share
    from several
),

openings as (
    select
        opening as word,
        sum(paper_count) as paper_count,
        sum(title_paper_count) as title_paper_count
    from several
    group by opening
),

closings as (
    select
        closing as word,
        sum(paper_count) as paper_count,
        sum(title_paper_count) as title_paper_count
    from several
    group by closing
),

enlarged_openings as (
    select
        openings.word,
        openings.paper_count
        + {{ var('background_papers') }}
        * coalesce(words.background_opening_rate, 0) as paper_count,
        openings.title_paper_count
        + {{ var('background_papers') }} * coalesce(
            words.background_opening_rate * words.background_opening_title_share, 0
        ) as title_paper_count
    from openings
    left join words on openings.word = words.word
),

enlarged_closings as (
    select
        closings.word,
        closings.paper_count
        + {{ var('background_papers') }}
        * coalesce(words.background_closing_rate, 0) as paper_count,
        closings.title_paper_count
        + {{ var('background_papers') }} * coalesce(
            words.background_closing_rate * words.background_closing_title_share, 0
        ) as title_paper_count
    from closings
    left join words on closings.word = words.word
),

-- The term itself is left out: it has its own title_lift.
bounded as (
    select
        several.term_hash,
        {{ keyword_lift(
            'greatest(openings.title_paper_count - several.own_title_count, 0)',
            'greatest(openings.paper_count - several.own_count, 0)',
            'means.title_share', 10
        ) }} as opening_lift,
        {{ keyword_lift(
            'greatest(closings.title_paper_count - several.own_title_count, 0)',
            'greatest(closings.paper_count - several.own_count, 0)',
            'means.title_share', 10
        ) }} as closing_lift
    from several
    inner join enlarged_openings as openings on several.opening = openings.word
    inner join enlarged_closings as closings on several.closing = closings.word
    cross join several_means as means
),

terms as (
    select
        kept.term_hash,
        kept.term,
        kept.term_key,
        kept.form_count,
        weighed.word_count,
        spread.paper_count,
        spread.occurrence_count,
        coalesce(listed.listed_paper_count, 0) as listed_paper_count,
        coalesce(listed.given_paper_count, 0) as given_paper_count,
        ln((1.0 + texts.text_count) / (1.0 + enlarged.paper_count)) as phrase_idf,
        weighed.mean_word_idf,
        {{ keyword_lift(
            'enlarged.title_paper_count', 'enlarged.paper_count',
            'means.title_share', 3
        ) }} as title_lift,
        {{ keyword_lift(
            'enlarged.alone_count', 'enlarged.occurrence_count',
            'means.alone_share', 2
        ) }} as alone_lift,
        coalesce(bounded.opening_lift, 0) as opening_lift,
        coalesce(bounded.closing_lift, 0) as closing_lift
    from kept
    inner join weighed on kept.term_hash = weighed.term_hash
    inner join spread on kept.term_hash = spread.term_hash
    inner join enlarged on kept.term_hash = enlarged.term_hash
    left join listed on kept.term_hash = listed.term_hash
    left join bounded on kept.term_hash = bounded.term_hash
    cross join texts
    cross join means
)

select * from terms
