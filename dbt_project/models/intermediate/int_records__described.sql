with entries as (
    select * from {{ ref('int_entries__keyed') }}
),

texts as (
    select * from {{ ref('stg_texts') }}
),

fingerprints as (
    select * from {{ ref('stg_fingerprints') }}
),

records as (
    select
        record_id,
        min(text_id) as text_id,
        min(arxiv_id) as arxiv_id,
        min(doi) as doi,
        min(title_key) as title_key,
        min(authors_text) as authors_text,
        try_cast(min(published_year) as integer) as published_year,
        min(coalesce(listed_on, captured_on)) as first_seen_on
    from entries
    group by record_id
),

-- By themselves: to number the rows below would put lists of words in order.
numbered as (
    select
        record_id,
        cast(row_number() over (order by record_id nulls last) as integer) as record_number
    from records
),

described as (
    select
        records.record_id,
        records.text_id,
        records.arxiv_id,
        records.doi,
        records.title_key,
        {{ folded_words('records.authors_text', 2) }} as author_words,
        {{ folded_names('records.authors_text') }} as author_names,
        records.published_year,
        records.first_seen_on,
        texts.language,
        texts.text_version,
        {{ is_cut('texts.title') }} as is_title_cut,
        fingerprints.title_core,
        fingerprints.title_marks,
        fingerprints.title_notice,
        fingerprints.title_bits,
        fingerprints.title_prefix,
        fingerprints.abstract_hash,
        {{ content_id(
            'p', "concat_ws('|', records.title_key, fingerprints.abstract_head)"
        ) }} as name_id,
        numbered.record_number
    from records
    inner join numbered on records.record_id = numbered.record_id
    inner join texts on records.text_id = texts.text_id
    inner join fingerprints on records.text_id = fingerprints.text_id
)

select * from described
