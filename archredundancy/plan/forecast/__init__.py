"""What `mergeInData` makes of each sample, and the sums of it: by partition, in digests, in seconds and bytes."""
