# A server and an inbox on this machine.
