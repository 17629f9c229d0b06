"""How samples reach the files of a paused PV: merged in place, or all of its history in a folder of its own."""
