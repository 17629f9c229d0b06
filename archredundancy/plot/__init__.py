"""Pictures by matplotlib, as figure objects: no pyplot, no global state, so that they can be made on any thread."""

from archredundancy.plot.comparison import plot_comparison
from archredundancy.plot.coverage import plot_coverage, plot_many
from archredundancy.plot.picture import save_figure
from archredundancy.plot.plan import plot_plan

__all__ = ["plot_comparison", "plot_coverage", "plot_many", "plot_plan", "save_figure"]
