"""What a person types: the Typer app, one module of commands per group, and the words people read.

What belongs here: arguments, exit codes, words. Text from dumps is data: it is escaped before rich shows it, and
control characters never reach the terminal. What takes time to load is loaded by the command that needs it.
"""
