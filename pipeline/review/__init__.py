"""Review: what people decide about themes, answers and mentions, and how it comes in."""
