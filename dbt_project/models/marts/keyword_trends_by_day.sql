{{ keyword_trends('day') }}
