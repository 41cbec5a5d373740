{{ keyword_trends('month') }}
