# The checks that need no running program.
