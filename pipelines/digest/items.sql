-- The items of one period, with $keywords only what has to do with one of them. A rising keyword comes with a paper to
-- read: of those about it that were published in the three months before, the one of most votes.
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

told as (
    select * from marts.digest_items
    where period_kind = $period and period_start_on = $start_on
),

examples as (
    select
        about.keyword_id,
        papers.title as example_title,
        papers.arxiv_id as example_arxiv_id,
        papers.doi as example_doi,
        row_number() over (
            partition by about.keyword_id
            order by papers.upvotes desc nulls last, papers.published_on desc, papers.paper_id
        ) as place
    from marts.paper_keywords as about
    inner join marts.papers on about.paper_id = papers.paper_id
    where
        about.keyword_id in (select keyword_id from told where kind = 'rising')
        and papers.published_on between $start_on::date - 92 and $start_on::date + 6
),

items as (
    select
        told.*,
        papers.arxiv_id,
        papers.doi,
        examples.example_title,
        examples.example_arxiv_id,
        examples.example_doi,
        stories.story_keyword_id,
        ' ' || regexp_replace(lower(concat_ws(' ', headline, papers.abstract)), '\W+', ' ', 'g') || ' ' as words
    from told
    left join marts.papers on told.paper_id = papers.paper_id
    left join examples on told.keyword_id = examples.keyword_id and examples.place = 1
    left join marts.keyword_stories as stories
        on
            told.keyword_id = stories.keyword_id
            and told.trend_grain = stories.grain
            and told.date_basis = stories.date_basis
            and date_trunc(told.trend_grain, told.seen_on) = stories.period_start_on
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
