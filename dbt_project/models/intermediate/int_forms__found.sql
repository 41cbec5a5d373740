with searched as (
    select * from {{ ref('int_texts__searched') }}
    where form_number is not null
),

-- A search names the forms that it finds, whatever earlier ones have named.
found as (
    select
        form_number,
        min(form) as form,
        min(phrase_key) as phrase_key
    from searched
    group by form_number
),

forms as (
    select
        form_number,
        form,
        phrase_key,
        {{ text_number(close_words('phrase_key')) }} as key_hash,
        cast(length(form) as integer) as form_length,
        {{ is_name('form') }} as is_name
    from found
)

select * from forms
