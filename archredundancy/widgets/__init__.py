"""Looking and committing by mouse, in a notebook.

`MergePanel` is a thin skin of ipywidgets; `PanelState`, which knows nothing of widgets, tells what may be done when.
"""

from archredundancy.widgets.merge_panel import MergePanel
from archredundancy.widgets.state import Failure, PanelState, Task

__all__ = ["Failure", "MergePanel", "PanelState", "Task"]
