-- A rule holds where the sender sits, and sets what its senders may do: as text, NAME=VALUE parted
-- by blanks. Two rules may differ in the network alone.

CREATE TABLE rule_of_now (
  id BIGINT NOT NULL PRIMARY KEY,
  action TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  network TEXT NOT NULL,
  settings TEXT NOT NULL,
  UNIQUE (action, sender, recipient, network)
);
INSERT INTO rule_of_now (id, action, sender, recipient, network, settings)
SELECT id, action, sender, recipient, '', '' FROM rule;
DROP TABLE rule;
ALTER TABLE rule_of_now RENAME TO rule;
