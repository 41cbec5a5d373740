with standing as (
    select * from {{ ref('int_papers_terms__standing') }}
),

terms as (
    select * from {{ ref('int_terms__weighed') }}
),

words as (
    select * from {{ ref('stg_words') }}
),

background as (
    select * from {{ ref('stg_background_terms') }}
),

abbreviations as (
    select * from {{ ref('stg_abbreviations') }}
),

topped as (
    select
        term_hash,
        cast(count(*) as integer) as top_paper_count,
        -- In whole millionths: sums of integers do not depend on the order of the rows.
        sum({{ nearest_whole('1e6 / standing_rank') }}) / 1e6 as reciprocal_rank
    from standing
    group by term_hash
),

defined as (
    select distinct {{ text_number(close_words('long_key')) }} as term_hash
    from abbreviations
),

-- What the background's papers use all the time and hardly ever alone: parts of terms
-- (reinforcement, large language) and words like any other (novel, world).
fragments as (
    select words.word as term_key
    from words
    left join background on words.word = background.term_key
    where
        words.background_share >= {{ var('fragment_min_share') }}
        and coalesce(
            background.occurrence_rate * background.alone_share / words.background_share
            + {{ var('fragment_title_weight') }} * background.title_share, 0
        ) < {{ var('fragment_max_alone') }}
    union
    select background.term_key
    from background
    left join words on background.term_key = words.word
    where
        words.word is null
        and background.paper_share >= {{ var('fragment_min_share') }}
        and background.alone_share < {{ var('fragment_max_alone') }} / 2
),

-- Names that are spelled like a word of another kind, which hardly any text that has it
-- spells so: all uses of `tested` would count for one TESTED, those of `led` for LED.
namesakes as (
    select terms.term_hash
    from terms
    inner join words on terms.term_key = words.word
    where
        terms.word_count = 1
        and terms.coined_count > 0
        and 2 * terms.coined_count >= terms.paper_count + terms.further_paper_count
        and terms.coined_count < {{ var('name_min_word_share') }} * words.text_count
),

-- Each kind is a count that more papers can only raise, so that what half of a corpus
-- accepts the whole does, too.
judged as (
    select
        terms.*,
        coalesce(topped.top_paper_count, 0) as top_paper_count,
        coalesce(topped.reciprocal_rank, 0) as reciprocal_rank,
        case
            when terms.given_paper_count + terms.further_given_paper_count > 0 then 'given'
            when defined.term_hash is not null then 'definition'
            when namesakes.term_hash is not null then null
            -- MMLU is said with benchmarks around it, and is one all the same.
            when
                fragments.term_key is not null
                and (
                    terms.word_count > 1
                    or 2 * terms.coined_count
                    < terms.paper_count + terms.further_paper_count
                )
                then null
            when terms.heading_paper_count > 0 then 'title'
            when terms.word_count = 1 and terms.coined_count = 0
                then case
                    when terms.alone_paper_count >= {{ var('keyword_min_word_papers') }}
                        then 'papers'
                end
            when terms.coined_count >= 2 and terms.word_count = 1 then 'name'
            when terms.alone_paper_count >= 2 then 'papers'
            when terms.repeating_paper_count > 0 then 'repetition'
            when terms.foremost_paper_count > 0 then 'place'
        end as evidence
    from terms
    left join topped on terms.term_hash = topped.term_hash
    left join defined on terms.term_hash = defined.term_hash
    left join fragments on terms.term_key = fragments.term_key
    left join namesakes on terms.term_hash = namesakes.term_hash
),

accepted as (
    select
        {{ content_id('k', 'term_key') }} as keyword_id,
        term_hash,
        term,
        term_key,
        form_count,
        coined_count,
        word_count,
        paper_count + further_paper_count as paper_count,
        top_paper_count,
        reciprocal_rank,
        occurrence_count,
        phrase_idf,
        mean_word_idf,
        evidence,
        top_paper_count
        >= {{ var('keyword_min_top_share') }} * (paper_count + further_paper_count)
        and reciprocal_rank
        >= {{ var('keyword_min_reciprocal_rank') }} * (paper_count + further_paper_count)
            as is_topical
    from judged
    where evidence is not null
)

select * from accepted
