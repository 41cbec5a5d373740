-- Papers that share its keywords and its words.
select paper_id, title, arxiv_id, published_on, score, shared_keywords
from similar_papers($id, top := 10)
order by score desc, paper_id
