with searched as (
    select * from {{ ref('int_texts__searched') }}
    where form_number is not null
),

forms as (
    select
        form_number,
        form,
        phrase_key,
        {{ text_number(close_words('phrase_key')) }} as key_hash,
        cast(length(form) as integer) as form_length,
        {{ is_name('form') }} as is_name
    from searched
)

select * from forms
