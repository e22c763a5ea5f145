-- Mails of QUICK: in which language a person gets them, who has to hear of a change, and whom the
-- operator has reset without having been told yet.

ALTER TABLE quick_person ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
CREATE INDEX quick_pair_by_other ON quick_pair (other);
CREATE TABLE quick_reset (
  address TEXT NOT NULL PRIMARY KEY,
  language TEXT NOT NULL,
  since BIGINT NOT NULL
);
CREATE INDEX quick_reset_by_since ON quick_reset (since, address);
