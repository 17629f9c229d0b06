"""EPICSEvent messages by Google's own protobuf library, as an oracle for `archredundancy.wire`. Needs protobuf.

The descriptors are made here, in a pool of their own: a generated module would clash with that of any other package.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from archredundancy.model import NS_PER_SECOND, DbrType, Ragged, Samples, start_of_year

__all__ = ["as_messages", "header_class", "sample_class"]

_FILE = "epics_event_for_tests.proto"

#: Message and protobuf type of the value for each payload type. Strings are `bytes` here and floating-point numbers are
#: fixed integers: the same on the wire, but every bit can be given, bytes that are not UTF-8 and NaN payloads included.
_MESSAGES = {
    DbrType.SCALAR_STRING: ("ScalarString", "BYTES"),
    DbrType.SCALAR_SHORT: ("ScalarShort", "SINT32"),
    DbrType.SCALAR_FLOAT: ("ScalarFloat", "FIXED32"),
    DbrType.SCALAR_ENUM: ("ScalarEnum", "SINT32"),
    DbrType.SCALAR_BYTE: ("ScalarByte", "BYTES"),
    DbrType.SCALAR_INT: ("ScalarInt", "SFIXED32"),
    DbrType.SCALAR_DOUBLE: ("ScalarDouble", "FIXED64"),
    DbrType.WAVEFORM_STRING: ("VectorString", "BYTES"),
    DbrType.WAVEFORM_SHORT: ("VectorShort", "SINT32"),
    DbrType.WAVEFORM_FLOAT: ("VectorFloat", "FIXED32"),
    DbrType.WAVEFORM_ENUM: ("VectorEnum", "SINT32"),
    DbrType.WAVEFORM_BYTE: ("VectorChar", "BYTES"),
    DbrType.WAVEFORM_INT: ("VectorInt", "SFIXED32"),
    DbrType.WAVEFORM_DOUBLE: ("VectorDouble", "FIXED64"),
    DbrType.V4_GENERIC_BYTES: ("V4GenericBytes", "BYTES"),
}


def sample_class(dbr_type: DbrType) -> Any:
    """Return the message class of samples of a type."""
    return _get_class(_MESSAGES[dbr_type][0])


def header_class() -> Any:
    """Return the class `PayloadInfo`."""
    return _get_class("PayloadInfo")


def as_messages(samples: Samples, year: int) -> list[Any]:
    """Return samples of one UTC year as messages, filled field by field."""
    make = sample_class(samples.dbr_type)
    messages = []
    for time, value, severity, status in zip(
        samples.time.tolist(), _values(samples), samples.severity.tolist(), samples.status.tolist(), strict=True
    ):
        message = make()
        message.secondsintoyear, message.nano = divmod(time - start_of_year(year), NS_PER_SECOND)
        if isinstance(value, list):
            message.val.extend(value)
        else:
            message.val = value
        for name, alarm in (("severity", severity), ("status", status)):
            if alarm:
                setattr(message, name, alarm)
        messages.append(message)
    _add_extras(messages, samples)
    return messages


def _add_extras(messages: list[Any], samples: Samples) -> None:
    extras = samples.extras
    columns = (extras.row.tolist(), extras.fields, extras.repeat_count.tolist(), extras.field_change.tolist())
    for row, fields, repeat_count, field_change, user_tag in zip(*columns, extras.user_tag.tolist(), strict=True):
        for name, text in fields:
            messages[row].fieldvalues.add(name=name, val=text)
        if repeat_count >= 0:
            messages[row].repeatcount = repeat_count
        if field_change >= 0:
            messages[row].fieldactualchange = bool(field_change)
        if user_tag >= 0:
            messages[row].userTag = user_tag


def _values(samples: Samples) -> list[Any]:
    """Return each value as its message takes it."""
    dbr_type, value = samples.dbr_type, samples.value
    if dbr_type is DbrType.WAVEFORM_STRING and isinstance(value, Ragged):
        return value.to_strings()
    if dbr_type is DbrType.SCALAR_BYTE:
        return [element.tobytes() for element in np.asarray(value)]
    whole = {"FIXED32": np.uint32, "FIXED64": np.uint64}.get(_MESSAGES[dbr_type][1])
    if not isinstance(value, Ragged):
        return list((value if whole is None else value.view(whole)).tolist())
    if _MESSAGES[dbr_type][1] == "BYTES":
        return [row.tobytes() for row in value.rows()]
    return [(row if whole is None else row.view(whole)).tolist() for row in value.rows()]


@cache
def _get_class(name: str) -> Any:
    pool, factory = (import_module(f"google.protobuf.{module}") for module in ("descriptor_pool", "message_factory"))
    return factory.GetMessageClass(_make_pool(pool).FindMessageTypeByName(f"EPICS.{name}"))


@cache
def _make_pool(module: Any) -> Any:
    descriptors = import_module("google.protobuf.descriptor_pb2")
    file = descriptors.FileDescriptorProto(name=_FILE, package="EPICS", syntax="proto2")
    _add_message(file, "FieldValue", [("name", 1, "required", "STRING"), ("val", 2, "required", "STRING")])
    for dbr_type, (name, value) in _MESSAGES.items():
        repeated = dbr_type.is_waveform and dbr_type is not DbrType.WAVEFORM_BYTE
        fields = [
            ("secondsintoyear", 1, "required", "UINT32"),
            ("nano", 2, "required", "UINT32"),
            ("val", 3, "repeated" if repeated else "required", value),
            ("severity", 4, "optional", "INT32"),
            ("status", 5, "optional", "INT32"),
            ("repeatcount", 6, "optional", "UINT32"),
            ("fieldvalues", 7, "repeated", "FieldValue"),
            ("fieldactualchange", 8, "optional", "BOOL"),
        ]
        if dbr_type is DbrType.V4_GENERIC_BYTES:
            fields.append(("userTag", 9, "optional", "UINT32"))
        _add_message(file, name, fields)
    payload_info = [
        ("type", 1, "required", "INT32"),
        ("pvname", 2, "required", "STRING"),
        ("year", 3, "required", "INT32"),
        ("elementCount", 4, "optional", "INT32"),
        ("headers", 15, "repeated", "FieldValue"),
    ]
    _add_message(file, "PayloadInfo", payload_info)
    pool = module.DescriptorPool()
    pool.Add(file)
    return pool


def _add_message(file: Any, name: str, fields: list[tuple[str, int, str, str]]) -> None:
    message = file.message_type.add(name=name)
    for field, number, label, kind in fields:
        added = message.field.add(name=field, number=number, label=f"LABEL_{label.upper()}")
        if kind == "FieldValue":
            added.type, added.type_name = added.TYPE_MESSAGE, ".EPICS.FieldValue"
        else:
            added.type = getattr(added, f"TYPE_{kind}")
            added.options.packed = label == "repeated" and kind != "BYTES"
