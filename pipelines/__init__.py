"""Paperhouse: dumps of Daily Papers pages in; a warehouse of papers, keywords and trends out."""
