with decided as (
    select * from {{ ref('int_papers_senses__decided') }}
),

senses as (
    select * from {{ ref('int_senses__counted') }}
),

phrases as (
    select * from {{ ref('stg_phrases') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

words as (
    select * from {{ ref('stg_words') }}
),

texts as (
    select count(*) as text_count from {{ ref('stg_texts') }}
),

-- What is left is told by the company it keeps. Senses of single papers have no company
-- to compare with.
open_senses as (
    select
        short_key,
        sense_key,
        paper_count,
        defining_paper_count
    from senses
    where
        paper_count >= {{ var('abbreviation_min_papers') }}
        and short_key in (
            select decided.short_key from decided
            where decided.rule is null
        )
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
        (coalesce(words.text_count, 1) + 0.5e0) / (texts.text_count + 1) as text_share
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
        ln(open_senses.paper_count / (open_senses.defining_paper_count + 1e0))
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
        -ln(max(open_senses.defining_paper_count) + 1e0) as log_odds
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

guessed as (
    select
        paper_number,
        short_key,
        min_by(sense_key, (-log_odds, sense_key)) filter (where sense_key is not null)
            as sense_key,
        max(exp(log_odds - top_log_odds)) filter (where sense_key is not null)
        / sum(exp(log_odds - top_log_odds)) as probability
    from topped
    group by paper_number, short_key
)

select * from guessed
