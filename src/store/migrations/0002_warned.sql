-- When a transfer's sender was told that too many wrong passwords came.

ALTER TABLE transfer ADD COLUMN warned BIGINT;
