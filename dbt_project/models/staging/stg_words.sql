with source as (
    select * from {{ source('extracted', 'words') }}
),

background as (
    select * from {{ source('extracted', 'background_words') }}
),

totalled as (
    select
        word,
        sum(text_count) as text_count
    from source
    group by word
),

-- A word that only the background has is in no term.
compared as (
    select
        totalled.word,
        totalled.text_count,
        coalesce(background.text_share, 0) as background_share,
        coalesce(background.opening_rate, 0) as background_opening_rate,
        coalesce(background.opening_title_share, 0)
            as background_opening_title_share,
        coalesce(background.closing_rate, 0) as background_closing_rate,
        coalesce(background.closing_title_share, 0)
            as background_closing_title_share
    from totalled
    left join background on totalled.word = background.word
)

select * from compared
