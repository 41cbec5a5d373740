with entries as (
    select * from {{ ref('stg_entries') }}
),

dumps as (
    select * from {{ ref('stg_dumps') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

keyed as (
    select
        entries.entry_id,
        entries.dump_id,
        entries.text_id,
        entries.arxiv_id,
        texts.title_key,
        -- The list a dump is of says it best; the entry's own time stands in.
        coalesce(dumps.listed_on, cast(entries.listed_at as date)) as listed_on,
        -- Where a dump holds several days, the entry's section says when it was saved.
        case
            when
                entries.section_on_text is null
                or entries.section_on_text = dumps.captured_on_text
                then dumps.captured_on
            else entries.section_on
        end as captured_on
    from entries
    inner join dumps on entries.dump_id = dumps.dump_id
    inner join texts on entries.text_id = texts.text_id
),

pairs as (
    select distinct
        arxiv_id,
        title_key
    from keyed
    where arxiv_id is not null
),

-- Only an arXiv id seen under several titles joins what the titles alone keep apart.
bridges as (
    select
        arxiv_id,
        title_key,
        title_key as smallest_key,
        count(*) over (partition by arxiv_id) as title_count
    from pairs
    qualify title_count > 1
),

-- Every title takes the smallest key that its arXiv ids reach, again and again.
{% for round in range(1, (var('identity_rounds') | int) + 1) %}
    {% set before = 'bridges' if loop.first else 'titles_' ~ (round - 1) %}
    ids_{{ round }} as (
        select
            arxiv_id,
            title_key,
            min(smallest_key) over (partition by arxiv_id) as smallest_key
        from {{ before }}
    ),

    titles_{{ round }} as (
        select
            arxiv_id,
            title_key,
            min(smallest_key) over (partition by title_key) as smallest_key
        from ids_{{ round }}
    ),
{% endfor %}

components as (
    select
        title_key,
        min(smallest_key) as smallest_key
    from titles_{{ var('identity_rounds') }}
    group by title_key
),

identified as (
    select
        keyed.entry_id,
        keyed.dump_id,
        keyed.text_id,
        keyed.arxiv_id,
        keyed.title_key,
        keyed.listed_on,
        keyed.captured_on,
        {{ content_id('p', 'coalesce(components.smallest_key, keyed.title_key)') }}
            as paper_id
    from keyed
    left join components on keyed.title_key = components.title_key
)

select * from identified
