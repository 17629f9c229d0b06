"""What a run that died left undone is done, by a call or by a watcher; what it did is looked at again."""
