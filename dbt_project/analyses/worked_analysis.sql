-- A worked analysis of a release, in plain SQL. Run it on any warehouse, read-only:
--     duckdb -readonly warehouse/paperhouse.duckdb -f dbt_project/analyses/worked_analysis.sql
-- or statement by statement with `paperhouse sql "..."`. Each step says what it asks, and what to be careful about.

-- 1. How far can this release be trusted? What was read, what was refused, which days it covers.
select
    layout,
    count(*) as dumps,
    sum(entry_count) as entries,
    sum(rejected_line_count) as rejected_lines,
    min(coalesce(listed_on, captured_on)) as first_day,
    max(coalesce(listed_on, captured_on)) as last_day
from marts.dumps
group by layout
order by dumps desc, layout;

-- 2. Which dates are known? A trend can only count papers that have the date it counts by.
select
    count(*) as papers,
    count(published_on) as with_publication_day,
    count(first_listed_on) as with_listing_day,
    count(first_captured_on) as with_capture_day
from marts.papers;

-- 3. What are papers about? Keywords by the papers that have them among their own, and the forms they come in.
select
    keywords.keyword,
    keywords.paper_count,
    list(keyword_forms.form order by keyword_forms.paper_count desc, keyword_forms.form)[:4] as forms
from marts.keywords
inner join marts.keyword_forms on keywords.keyword_id = keyword_forms.keyword_id
group by all
order by keywords.paper_count desc, keywords.keyword
limit 15;

-- 4. Is anything rising? Verdicts, counted before any is looked at: most keywords have too few papers to say.
select
    date_basis,
    verdict,
    count(distinct keyword_id) as keywords
from marts.keyword_trends_by_month
where is_complete
group by date_basis, verdict
order by date_basis, keywords desc, verdict;

-- 5. The strongest cases of the last complete month, with their evidence. `because` says it in a sentence.
with last_month as (
    select
        date_basis,
        max(period_start_on) as period_start_on
    from marts.keyword_trends_by_month
    where is_complete
    group by date_basis
)

select
    trends.date_basis,
    trends.keyword,
    trends.verdict,
    round(trends.recent_share, 4) as recent_share,
    round(trends.previous_share, 4) as previous_share,
    round(trends.q_value, 4) as q_value,
    trends.because
from marts.keyword_trends_by_month as trends
inner join last_month
    on
        trends.date_basis = last_month.date_basis
        and trends.period_start_on = last_month.period_start_on
order by trends.q_value nulls last, trends.keyword, trends.date_basis
limit 15;

-- 6. One keyword through time: the commonest one, by publication. Any form of a keyword will do.
with commonest as (
    select keyword from marts.keywords
    order by paper_count desc, keyword
    limit 1
)

select trend.*
from commonest, keyword_trend(commonest.keyword) as trend
order by trend.date_basis, trend.period_start_on
limit 24;

-- 7. Which keywords belong together, beyond what chance would bring together?
select
    firsts.keyword as first_keyword,
    seconds.keyword as second_keyword,
    keyword_pairs.paper_count,
    round(keyword_pairs.expected_count, 1) as expected,
    round(keyword_pairs.npmi, 2) as npmi
from marts.keyword_pairs
inner join marts.keywords as firsts on keyword_pairs.first_keyword_id = firsts.keyword_id
inner join marts.keywords as seconds on keyword_pairs.second_keyword_id = seconds.keyword_id
where keyword_pairs.q_value < 0.01
order by keyword_pairs.npmi desc, keyword_pairs.paper_count desc, first_keyword, second_keyword
limit 15;

-- 8. Papers for a question in words, best first, with the words that matched.
select
    rank,
    title,
    score,
    matched_words
from search_papers('language models that learn from few examples', top := 10)
order by rank;

-- 9. More like the first of them.
with first_found as (
    select paper_id from search_papers('language models that learn from few examples', top := 1)
)

select
    near.title,
    near.score,
    near.shared_keywords
from first_found, similar_papers(first_found.paper_id, top := 10) as near
order by near.score desc, near.title;
