"""Files that outlast a crash and are shared by hosts: whole ones, lines, claims."""
