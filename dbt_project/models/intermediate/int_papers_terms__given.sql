with given as (
    select * from {{ ref('stg_given_keywords') }}
),

entries as (
    select * from {{ ref('int_entries__identified') }}
),

papers as (
    select * from {{ ref('int_papers__texts') }}
),

resolved as (
    select * from {{ ref('int_papers_senses__resolved') }}
    where term_hash is not null
),

{{ common_meanings() }},

keyed as (
    select distinct
        papers.paper_number,
        given.source,
        given.keyword,
        given.phrase_key,
        {{ text_number(close_words('given.phrase_key')) }} as key_hash
    from given
    inner join entries on given.entry_id = entries.entry_id
    inner join papers on entries.paper_id = papers.paper_id
),

-- As a phrase of the text is folded: LLMs is what the paper, else everybody, means by it.
terms as (
    select
        keyed.paper_number,
        keyed.source,
        keyed.keyword,
        coalesce(resolved.term_hash, {{ common_term('keyed') }}) as term_hash
    from keyed
    left join resolved
        on
            keyed.paper_number = resolved.paper_number
            and keyed.phrase_key = resolved.short_key
    {{ common_joins('keyed') }}
)

select * from terms
