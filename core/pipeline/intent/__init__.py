"""The intent stage, and what it is made of: what does this message want, and how sure is that?"""
