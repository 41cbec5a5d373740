"""What Paperhouse is compared with: each a script of its own that imports nothing of ours."""
