with source as (
    select * from {{ source('raw', 'entries') }}
),

held_dumps as (
    select dump_id from {{ source('raw', 'dumps') }}
    where status = 'held'
),

renamed as (
    select
        entry_id,
        dump_id,
        text_id,
        position,
        first_line,
        last_line,
        section_on,
        section_on_text,
        arxiv_id,
        authors,
        coalesce({{ count_items('authors') }}, author_count) as author_count,
        author_details,
        doi,
        {{ has_item('flags', "'withdrawn'") }} as is_withdrawn,
        published_at,
        coalesce(published_on, cast(published_at as date)) as published_on,
        coalesce(
            published_precision,
            case when coalesce(published_on, cast(published_at as date)) is not null then 'day' end
        ) as published_precision,
        coalesce(extract(year from published_on), extract(year from published_at), published_year)
            as published_year,
        listed_at,
        upvotes,
        comment_count,
        submitter,
        organization,
        venue,
        code_url,
        github_stars,
        project_url,
        ai_summary
    from source
    where dump_id not in (select held_dumps.dump_id from held_dumps)
)

select * from renamed
