{{ config(pre_hook="{{ plain_texts(true) }}", post_hook="{{ plain_texts(false) }}") }}
{{ keyword_trends('day') }}
