-- The items of one period, with $keywords only what has to do with one of them.
with wanted as (
    select lower(trim(word)) as word from unnest($keywords) as words (word)
),

names as (
    select keyword_id, lower(form) as word from marts.keyword_forms
    union
    select keyword_id, lower(unnest([keyword, abbreviation])) from marts.keywords
),

wanted_keywords as (
    select keyword_id from names where word in (from wanted)
),

wanted_texts as (
    select ' ' || regexp_replace(word, '\W+', ' ', 'g') || ' ' as text from wanted
    where word not in (select word from names where word is not null)
),

items as (
    select
        digest_items.*,
        papers.arxiv_id,
        stories.story_keyword_id,
        ' ' || regexp_replace(lower(concat_ws(' ', headline, papers.abstract)), '\W+', ' ', 'g') || ' ' as words
    from marts.digest_items
    left join marts.papers on digest_items.paper_id = papers.paper_id
    left join marts.keyword_stories as stories
        on
            digest_items.keyword_id = stories.keyword_id
            and digest_items.trend_grain = stories.grain
            and digest_items.date_basis = stories.date_basis
            and date_trunc(digest_items.trend_grain, digest_items.seen_on) = stories.period_start_on
    where period_kind = $period and digest_items.period_start_on = $start_on
)

select * exclude (words) from items
where
    len($keywords) = 0
    or keyword_id in (from wanted_keywords)
    or exists (
        select 1 from marts.keyword_mentions as mentions
        where mentions.paper_id = items.paper_id and mentions.keyword_id in (from wanted_keywords)
    )
    or exists (select 1 from wanted_texts where contains(items.words, wanted_texts.text))
order by kind, item_rank
