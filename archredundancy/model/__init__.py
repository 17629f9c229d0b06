"""Nouns of the field, without behaviour that reaches outside: types, times, samples, partitions, stores, evidence."""

from archredundancy.model.alarm import AlarmSeverity, AlarmStatus, flag_attributes
from archredundancy.model.bins import Bins, parse_bin
from archredundancy.model.dataset import from_dataset, is_whole, to_dataset
from archredundancy.model.dataset_texts import decode_text
from archredundancy.model.dbr_type import DbrType
from archredundancy.model.description import Description, differences, labels_in
from archredundancy.model.evidence import Evidence, SideEvidence
from archredundancy.model.evidence_text import side_from_text, side_to_text
from archredundancy.model.extras import Extras, FieldValue
from archredundancy.model.growing import GrowingSamples, join_samples
from archredundancy.model.lengths import length_ns
from archredundancy.model.lost_events import LostEvents
from archredundancy.model.merge_evidence import MergeEvidence
from archredundancy.model.neighbour import Neighbour
from archredundancy.model.partition import Granularity, Partition, chunk_key
from archredundancy.model.python_values import value_at
from archredundancy.model.ragged import Ragged, Values, concatenate_values, equal_values, slice_values, take_values
from archredundancy.model.reading import ChunkSummary, FailureKind, ReadFailure, Reading
from archredundancy.model.retention import NEVER, Retention
from archredundancy.model.samples import Samples, is_increasing
from archredundancy.model.store_url import StoreUrl
from archredundancy.model.time_axis import parse_times
from archredundancy.model.times import NS_PER_SECOND, TimeRange, format_time, parse_time, start_of_year, year_of
from archredundancy.model.type_info import TypeInfo

__all__ = [
    "NEVER",
    "NS_PER_SECOND",
    "AlarmSeverity",
    "AlarmStatus",
    "Bins",
    "ChunkSummary",
    "DbrType",
    "Description",
    "Evidence",
    "Extras",
    "FailureKind",
    "FieldValue",
    "Granularity",
    "GrowingSamples",
    "LostEvents",
    "MergeEvidence",
    "Neighbour",
    "Partition",
    "Ragged",
    "ReadFailure",
    "Reading",
    "Retention",
    "Samples",
    "SideEvidence",
    "StoreUrl",
    "TimeRange",
    "TypeInfo",
    "Values",
    "chunk_key",
    "concatenate_values",
    "decode_text",
    "differences",
    "equal_values",
    "flag_attributes",
    "format_time",
    "from_dataset",
    "is_increasing",
    "is_whole",
    "join_samples",
    "labels_in",
    "length_ns",
    "parse_bin",
    "parse_time",
    "parse_times",
    "side_from_text",
    "side_to_text",
    "slice_values",
    "start_of_year",
    "take_values",
    "to_dataset",
    "value_at",
    "year_of",
]
