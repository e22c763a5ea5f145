-- What was sent to an address, so that its owner need not search the mailbox.

CREATE INDEX recipient_by_address ON recipient (address, seal_id);
