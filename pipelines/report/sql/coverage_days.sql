-- Papers of each day that a dump lists, in the last five years of listings.
select listed_on, count(distinct paper_id) as papers, count(distinct dump_id) as dumps
from marts.appearances
where listed_on > (select max(listed_on) from marts.appearances) - interval 5 year
group by listed_on
order by listed_on
