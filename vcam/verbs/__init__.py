"""One file per verb of the command line, imported only when its verb is called, and the arguments of all."""
