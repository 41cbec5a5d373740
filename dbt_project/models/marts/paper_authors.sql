with papers as (
    select
        paper_id,
        authors
    from {{ ref('papers') }}
    where {{ count_items('authors') }} > 0
),

placed as (
    select
        paper_id,
        authors,
        {{ unnested(integers('1', count_items('authors'))) }} as author_number
    from papers
),

named as (
    select
        paper_id,
        cast(author_number as integer) as position, -- noqa: RF04
        {{ item_at('authors', 'cast(author_number as integer)') }} as name
    from placed
),

paper_authors as (
    select
        paper_id,
        position,
        name,
        {{ folded_name('name') }} as folded_name
    from named
)

select * from paper_authors
