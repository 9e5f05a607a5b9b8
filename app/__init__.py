"""The two fronts of Twinsight: a Qt window and a command line, on the same engine."""
