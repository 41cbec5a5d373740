{# The keys that more than one row has. Not null is the contract's business.
   Rows with one key have one number, and numbers are told apart in a third of the time: keys are compared only where
   two rows have the same one. #}
{% test unique_key(model, columns) %}

{%- set number = text_number(columns | join(', ')) %}

with suspected as (
    select {{ number }} as key_number
    from {{ model }}
    group by {{ number }}
    having count(*) > 1
)

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
where {{ number }} in (select suspected.key_number from suspected)
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
