"""A comparison in pictures, without libraries; `archredundancy.plot` draws the same with matplotlib."""
