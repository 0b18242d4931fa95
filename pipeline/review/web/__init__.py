"""`doleances review`: the pages on which people read, correct and name what the machine found."""
