with papers as (
    select
        paper_id,
        authors,
        {{ count_items('authors') }} as author_count
    from {{ ref('papers') }}
    where {{ count_items('authors') }} > 0
),

entries as (
    select * from {{ ref('int_entries__ranked') }}
),

details as (
    select * from {{ ref('stg_author_details') }}
),

placed as (
    select
        paper_id,
        authors,
        author_count,
        {{ unnested(integers('1', 'author_count')) }} as author_number
    from papers
),

named as (
    select
        paper_id,
        author_count,
        cast(author_number as integer) as position, -- noqa: RF04
        {{ item_at('authors', 'cast(author_number as integer)') }} as name
    from placed
),

-- What dumps say of whoever stands in a place of a paper's lists.
told as (
    select
        entries.paper_id,
        entries.recency_rank,
        details.*,
        {{ folded_names('details.name') }} as folded
    from details
    inner join entries on details.entry_id = entries.entry_id
),

-- Of the same person only: names of the same words, or forms of one name in equally long lists.
matched as (
    select
        named.paper_id,
        named.position,
        told.recency_rank,
        told.orcid,
        told.author_id,
        told.affiliations
    from named
    inner join told
        on
            named.paper_id = told.paper_id
            and named.position = told.position
    where
        {{ sorted_words('named.name') }} = {{ sorted_words('told.name') }}
        or (
            named.author_count = told.author_count
            and {{ count_people(folded_names('named.name'), 'told.folded') }} = 1
        )
),

said as (
    select
        paper_id,
        position,
        -- Of two ORCIDs nobody knows which one is right.
        case when count(distinct orcid) = 1 then min(orcid) end as orcid,
        {{ listed_once('author_id') }} as author_ids,
        {{ first_known('affiliations', 'recency_rank') }} as affiliations
    from matched
    group by paper_id, position
),

paper_authors as (
    select
        named.paper_id,
        named.position,
        named.name,
        {{ folded_name('named.name') }} as folded_name,
        said.orcid,
        said.author_ids,
        said.affiliations
    from named
    left join said
        on
            named.paper_id = said.paper_id
            and named.position = said.position
)

select * from paper_authors
