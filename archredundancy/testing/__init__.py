"""The public test kit: generated samples, assertions, slow twins, and the recorded answers of real appliances.

Nothing in the package imports it. `archredundancy.testing.strategies` needs hypothesis, the rest does not.
"""

from archredundancy.testing.assertions import assert_datasets_equal, assert_samples_equal, assert_trees_equal
from archredundancy.testing.golden import Recording, open_recording, recording_names
from archredundancy.testing.slow_wire import SlowChunk, decode_lines_slowly, read_stream_slowly

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
