"""Where runs lie and what lies beside them: their folders, the locks of PVs, the certificate of a pair."""
