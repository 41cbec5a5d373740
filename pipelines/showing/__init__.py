"""What people see, made safe to show: terminal, web page, progress. Text of dumps is data, never markup or a script.

What belongs here: escaping, consoles, tables, template environments, progress. What is shown is decided above.
"""
