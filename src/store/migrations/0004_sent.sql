-- What a sender sees of a sent transfer: when a mail was taken or given up and what the mail server
-- said, when a recipient first opened the transfer and looked at a file, what was
-- taken back, from one recipient or from all.

ALTER TABLE recipient ADD COLUMN mail_settled BIGINT;
ALTER TABLE recipient ADD COLUMN mail_answer TEXT NOT NULL DEFAULT '';
ALTER TABLE recipient ADD COLUMN opened BIGINT;
ALTER TABLE recipient ADD COLUMN revoked BIGINT;
ALTER TABLE transfer ADD COLUMN revoked BIGINT;

CREATE TABLE viewing (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  position BIGINT NOT NULL,
  file_no BIGINT NOT NULL,
  begun BIGINT NOT NULL,
  PRIMARY KEY (seal_id, position, file_no)
);

CREATE INDEX transfer_by_start ON transfer (sender, started, tracking_id);

-- Files stay after Start, without their records: numbers and sizes for the sender.
INSERT INTO file (seal_id, no, bytes, "offset", parts, record)
SELECT part.seal_id, part.file_no, SUM(part.bytes), SUM(part.bytes), COUNT(*), ''
FROM part JOIN transfer ON transfer.seal_id = part.seal_id
WHERE transfer.state = 'sealed' GROUP BY part.seal_id, part.file_no;
