{{ keyword_trends('week') }}
