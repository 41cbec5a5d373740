with searched as (
    select * from {{ ref('int_texts__searched') }}
    where text_id is not null
),

papers as (
    select * from {{ ref('int_papers__texts') }}
    where {{ is_read('language') }}
),

accepted as (
    select * from {{ ref('int_keywords__accepted') }}
),

forms as (
    select * from {{ ref('int_forms__found') }}
),

found as (
    select
        papers.paper_number,
        {{ unnested_together({
            'form_number': 'searched.form_numbers',
            'starts': 'searched.starts', 'title_count': 'searched.title_counts',
        }) }}
    from searched
    inner join papers on searched.text_id = papers.text_id
),

keyed as (
    select
        found.*,
        forms.form as phrase,
        forms.phrase_key,
        forms.key_hash,
        forms.form_length
    from found
    inner join forms on found.form_number = forms.form_number
),

{{ folded_terms(['form_number', 'form_length', 'starts', 'title_count']) }},

-- What was sought in earlier builds may be a keyword no more.
mentions as (
    select
        folded.paper_number,
        folded.term_hash,
        folded.form_number,
        folded.form_length,
        folded.rule,
        folded.confidence,
        folded.starts,
        try_cast({{ count_items('folded.starts') }} as integer) as occurrence_count,
        folded.title_count as title_occurrence_count
    from folded
    where {{ is_one_of('folded.term_hash', 'select term_hash from accepted') }}
)

select * from mentions
