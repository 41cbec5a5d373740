{{ keyword_trends('year') }}
