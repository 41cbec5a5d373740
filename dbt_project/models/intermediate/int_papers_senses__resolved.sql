with phrases as (
    select * from {{ ref('stg_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where language is null or language = 'en'
),

own as (
    select * from {{ ref('int_abbreviations__defined') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
),

words as (
    select * from {{ ref('stg_words') }}
),

texts as (
    select count(*) as text_count from {{ ref('stg_texts') }}
),

short_keys as (
    select distinct short_key from senses
),

used as (
    select distinct
        papers.paper_number,
        short_keys.short_key
    from phrases
    inner join short_keys on phrases.phrase_key = short_keys.short_key
    inner join papers on phrases.text_id = papers.text_id
    union
    select
        paper_number,
        short_key
    from own
),

-- The paper writes out one of the meanings, without a definition.
written as (
    select
        used.paper_number,
        used.short_key,
        min(senses.sense_key) as sense_key
    from used
    inner join senses on used.short_key = senses.short_key
    inner join papers on used.paper_number = papers.paper_number
    inner join phrases
        on papers.text_id = phrases.text_id and senses.term = phrases.phrase_key
    group by used.paper_number, used.short_key
    having count(distinct senses.sense_key) = 1
),

dominant as (
    select * from senses
    where is_dominant
),

decided as (
    select
        used.paper_number,
        used.short_key,
        coalesce(own.sense_key, written.sense_key, dominant.sense_key) as sense_key,
        case
            when own.sense_key is not null then 'definition'
            when written.sense_key is not null then 'long_form'
            when dominant.sense_key is not null then 'dominant'
        end as rule
    from used
    left join own
        on used.paper_number = own.paper_number and used.short_key = own.short_key
    left join written
        on
            used.paper_number = written.paper_number
            and used.short_key = written.short_key
    left join dominant on used.short_key = dominant.short_key
),

-- What is left is told by the company it keeps. Senses of single papers have no company
-- to compare with.
open_senses as (
    select
        senses.short_key,
        senses.sense_key,
        senses.paper_count,
        senses.defining_paper_count
    from senses
    inner join (select distinct short_key from decided where rule is null) as undecided
        on senses.short_key = undecided.short_key
    where senses.paper_count >= {{ var('abbreviation_min_papers') }}
),

compared_papers as (
    select distinct decided.paper_number
    from decided
    inner join open_senses on decided.short_key = open_senses.short_key
    where decided.rule is null or decided.rule = 'definition'
),

papers_keys as (
    select
        compared_papers.paper_number,
        {{ unnested_words('phrases.phrase_key') }} as word
    from compared_papers
    inner join papers on compared_papers.paper_number = papers.paper_number
    inner join phrases on papers.text_id = phrases.text_id
),

-- Smoothed, so that a word of no other text is not infinitely telling.
papers_words as (
    select distinct
        papers_keys.paper_number,
        papers_keys.word,
        (coalesce(words.text_count, 1) + 0.5) / (texts.text_count + 1) as text_share
    from papers_keys
    left join words on papers_keys.word = words.word
    cross join texts
),

senses_words as (
    select
        open_senses.short_key,
        open_senses.sense_key,
        papers_words.word,
        count(*) as paper_count
    from open_senses
    inner join decided
        on
            open_senses.short_key = decided.short_key
            and open_senses.sense_key = decided.sense_key
            and decided.rule = 'definition'
    inner join papers_words on decided.paper_number = papers_words.paper_number
    group by open_senses.short_key, open_senses.sense_key, papers_words.word
),

-- Naive Bayes over the words of a paper's phrases (Gale, Church and Yarowsky 1992): how
-- much likelier each word is in papers that define the sense than in any text.
known_odds as (
    select
        decided.paper_number,
        decided.short_key,
        open_senses.sense_key,
        ln(open_senses.paper_count / (open_senses.defining_paper_count + 1.0))
        + {{ var('sense_word_weight') }} * sum(
            ln(
                (
                    coalesce(senses_words.paper_count, 0) / papers_words.text_share
                    + {{ var('sense_prior_papers') }}
                )
                / (open_senses.paper_count + {{ var('sense_prior_papers') }})
            )
        ) as log_odds
    from decided
    inner join open_senses on decided.short_key = open_senses.short_key
    inner join papers_words on decided.paper_number = papers_words.paper_number
    left join senses_words
        on
            open_senses.short_key = senses_words.short_key
            and open_senses.sense_key = senses_words.sense_key
            and papers_words.word = senses_words.word
    where decided.rule is null and papers_words.word <> decided.short_key
    group by
        decided.paper_number, decided.short_key, open_senses.sense_key,
        open_senses.paper_count, open_senses.defining_paper_count
),

-- Beside the known senses stands one that nobody has defined, of which nothing is
-- expected.
all_odds as (
    select * from known_odds
    union all
    select
        known_odds.paper_number,
        known_odds.short_key,
        null as sense_key,
        -ln(max(open_senses.defining_paper_count) + 1.0) as log_odds
    from known_odds
    inner join open_senses on known_odds.short_key = open_senses.short_key
    group by known_odds.paper_number, known_odds.short_key
),

topped as (
    select
        *,
        max(log_odds) over (partition by paper_number, short_key) as top_log_odds
    from all_odds
),

likely as (
    select
        paper_number,
        short_key,
        min_by(sense_key, (-log_odds, sense_key)) filter (where sense_key is not null)
            as sense_key,
        max(exp(log_odds - top_log_odds)) filter (where sense_key is not null)
        / sum(exp(log_odds - top_log_odds)) as probability
    from topped
    group by paper_number, short_key
),

judged as (
    select
        decided.paper_number,
        decided.short_key,
        case
            when decided.rule is not null then decided.sense_key
            when likely.probability >= {{ var('sense_min_probability') }}
                then likely.sense_key
        end as sense_key,
        case
            when decided.rule is not null then decided.rule
            when likely.probability >= {{ var('sense_min_probability') }} then 'context'
            else 'ambiguous'
        end as rule,
        likely.probability
    from decided
    left join likely
        on
            decided.paper_number = likely.paper_number
            and decided.short_key = likely.short_key
),

merges as (
    select * from {{ ref('stg_keyword_overrides') }}
    where action = 'merge'
),

-- What a user merges a short form into holds wherever the paper does not say otherwise.
resolved as (
    select
        judged.paper_number,
        judged.short_key,
        case
            when judged.rule <> 'definition' and merges.keyword_key is not null
                then 'override'
            else judged.rule
        end as rule,
        case
            when judged.rule <> 'definition' and merges.keyword_key is not null
                then merges.target_key
            else senses.term
        end as term,
        case
            when judged.rule <> 'definition' and merges.keyword_key is not null
                then merges.target_hash
            else senses.term_hash
        end as term_hash,
        {{ stable("case
            when judged.rule <> 'definition' and merges.keyword_key is not null then 1.0
            when judged.rule = 'definition' then 0.99
            when judged.rule = 'long_form' then 0.97
            when judged.rule = 'dominant'
                then (senses.paper_count + 1.0) / (senses.defining_paper_count + 2)
            when judged.rule = 'context' then judged.probability
            else 0.0
        end") }} as confidence
    from judged
    left join senses
        on
            judged.short_key = senses.short_key
            and judged.sense_key = senses.sense_key
    left join merges
        on {{ text_number(close_words('judged.short_key')) }} = merges.keyword_hash
)

select * from resolved
