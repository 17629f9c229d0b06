"""Samples and headers as messages: protobuf fields, escapes, values of each payload type, V4 structures."""
