"""The public test kit: generated samples, assertions, slow twins, and the recorded answers of real appliances.

Nothing in the package imports it; nothing but `generated` needs hypothesis. Where what is:

- `assertions`, `twins`: what results are held against; `generated`, `handmade`: what they are made from;
- `recorded`, `embedded`, `real`: pairs of appliances that were recorded, run here, or are used by others;
- `scenarios`, `interruptions`: what happens to a pair, and what must then be true.
"""

from archredundancy.testing.assertions import assert_datasets_equal, assert_samples_equal, assert_trees_equal
from archredundancy.testing.recorded.golden import Recording, open_recording, recording_names
from archredundancy.testing.twins.slow_wire import SlowChunk, decode_lines_slowly, read_stream_slowly

__all__ = [
    "Recording",
    "SlowChunk",
    "assert_datasets_equal",
    "assert_samples_equal",
    "assert_trees_equal",
    "decode_lines_slowly",
    "open_recording",
    "read_stream_slowly",
    "recording_names",
]
