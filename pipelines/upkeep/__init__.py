"""A warehouse that is kept for years: what grows and by which rule it stops, copies, what looks wrong, services.

What belongs here: looking after the folder as a whole. What a build makes in it is the business of the rooms that make
it, and each keeps its own rule; here they are added up, and what is nobody's own is let go of.
"""
