-- The keywords that the search of this page finds: all, or the 40,000 of most papers.
select keyword_id, keyword, paper_count, abbreviation
from marts.keywords
order by paper_count desc, keyword_id
limit 40000
