"""The merge panel on the embedded pair, driven without a browser."""

import archredundancy as ar


def press(panel, name):
    getattr(panel, name).click()
    panel.wait()


def test_the_embedded_pair_is_merged_by_the_panel():
    """Compare, Plan, tick, id, Commit: proven; planned again there is nothing to do, and a loss is refused."""
    with ar.demo_pair() as pair:
        panel = ar.widgets.MergePanel(pair, ["DEMO:VALVE", "DEMO:PRESSURE"])
        press(panel, "compare")
        assert panel.state.comparisons[0].summary.primary.samples_to_gain == 12
        press(panel, "plan")
        panel.tick.value = True
        panel.typed.value = str(panel.state.plan.id)
        press(panel, "commit")
        assert panel.state.failures == ()
        assert panel.state.report.ok
        assert {"run", "intent", "verified", "end"} <= {entry.kind for entry in panel.state.journal}
        press(panel, "plan")
        assert "nothing to do" in panel.state.hint
        panel.picks.value = ("DEMO:PRESSURE",)
        press(panel, "plan")
        assert "refused" in panel.state.hint
        panel.close()
