"""Asks both sides what is needed, and hands it on as frozen evidence; everything after it decides without asking."""

from archredundancy.survey.hidden import find_hidden
from archredundancy.survey.many import Names, Where, attempt_each, choose_names, is_pattern, refuse_parallel
from archredundancy.survey.merge_survey import all_years, hidden_samples, survey_for_merge
from archredundancy.survey.merged_view import survey_merged_view
from archredundancy.survey.operated import operate
from archredundancy.survey.signs import survey_with_signs
from archredundancy.survey.survey import Reader, Source, refuse_unknown, survey, survey_side

__all__ = [
    "Names",
    "Reader",
    "Source",
    "Where",
    "all_years",
    "attempt_each",
    "choose_names",
    "find_hidden",
    "hidden_samples",
    "is_pattern",
    "operate",
    "refuse_parallel",
    "refuse_unknown",
    "survey",
    "survey_for_merge",
    "survey_merged_view",
    "survey_side",
    "survey_with_signs",
]
