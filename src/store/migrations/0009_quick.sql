-- QUICK (spec/quick.md): what the server keeps for people who are connected. All of it is sealed by
-- clients, or public; the server opens none of it.

CREATE TABLE quick_person (
  address TEXT NOT NULL PRIMARY KEY,
  public_key TEXT NOT NULL,
  member_hash TEXT NOT NULL,
  since BIGINT NOT NULL,
  recovery TEXT NOT NULL
);
CREATE TABLE quick_book (
  address TEXT NOT NULL PRIMARY KEY
    REFERENCES quick_person (address) DEFERRABLE INITIALLY DEFERRED,
  version BIGINT NOT NULL,
  sealed TEXT NOT NULL
);
CREATE TABLE quick_client (
  device_id TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL REFERENCES quick_person (address) DEFERRABLE INITIALLY DEFERRED,
  token_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  since BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX quick_client_by_address ON quick_client (address, since, device_id);
CREATE TABLE quick_code (
  address TEXT NOT NULL PRIMARY KEY
    REFERENCES quick_person (address) DEFERRABLE INITIALLY DEFERRED,
  sealed TEXT NOT NULL,
  "end" BIGINT NOT NULL
);
CREATE INDEX quick_code_by_end ON quick_code ("end");

-- Who may see whose key: the lesser address stands first. An answer to the invitation in a transfer
-- stays as long as the transfer's rows, so that there is one only.
CREATE TABLE quick_pair (
  one TEXT NOT NULL,
  other TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (one, other)
);
CREATE TABLE quick_answer (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  answer TEXT NOT NULL,
  since BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  PRIMARY KEY (seal_id, recipient)
);
CREATE INDEX quick_answer_by_sender ON quick_answer (sender, taken, since, seal_id, recipient);
CREATE INDEX quick_answer_by_recipient ON quick_answer (recipient, taken);
