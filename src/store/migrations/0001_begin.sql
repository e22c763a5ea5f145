-- The first tables. Columns are named as the fields of the structs in store/*.h and domain/*.h;
-- IDs are their 26 characters, other bytes base64url, times Unix seconds, truth values 0 and 1.
--
-- A statement ends with a semicolon at the end of its line, and no other line ends with one.
-- What belongs to a transfer may be written before it in one transaction, so these references are
-- looked at when it commits.

CREATE TABLE transfer (
  seal_id TEXT NOT NULL PRIMARY KEY,
  draft_id TEXT NOT NULL UNIQUE,
  tracking_id TEXT NOT NULL UNIQUE,
  sender TEXT NOT NULL,
  state TEXT NOT NULL,
  created BIGINT NOT NULL,
  started BIGINT NOT NULL,
  "end" BIGINT NOT NULL,
  language TEXT NOT NULL,
  open_by TEXT NOT NULL,
  notify_delivery BIGINT NOT NULL,
  notify_download BIGINT NOT NULL,
  show_file_names BIGINT NOT NULL,
  request TEXT NOT NULL,
  manifest_object TEXT UNIQUE,
  notice TEXT NOT NULL,
  files_taken BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX transfer_by_sender ON transfer (sender, state);
CREATE INDEX transfer_by_end ON transfer (state, "end");

CREATE TABLE recipient (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  position BIGINT NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  transfer_id_hash TEXT NOT NULL UNIQUE,
  slot_id TEXT NOT NULL,
  mail TEXT NOT NULL,
  retrieved BIGINT,
  PRIMARY KEY (seal_id, position)
);

CREATE TABLE download (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  position BIGINT NOT NULL,
  file_no BIGINT NOT NULL,
  finished BIGINT NOT NULL,
  PRIMARY KEY (seal_id, position, file_no)
);

CREATE TABLE keyslot (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  slot_id TEXT NOT NULL,
  use TEXT NOT NULL,
  position BIGINT NOT NULL,
  stored TEXT NOT NULL,
  mac TEXT NOT NULL,
  created BIGINT NOT NULL,
  used BIGINT NOT NULL,
  "end" BIGINT NOT NULL,
  PRIMARY KEY (seal_id, slot_id)
);
CREATE INDEX keyslot_by_slot ON keyslot (slot_id);
CREATE INDEX keyslot_by_end ON keyslot (use, "end");
CREATE INDEX keyslot_by_used ON keyslot (use, used);

CREATE TABLE file (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  no BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  "offset" BIGINT NOT NULL,
  parts BIGINT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (seal_id, no)
);

CREATE TABLE part (
  seal_id TEXT NOT NULL REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  file_no BIGINT NOT NULL,
  part_no BIGINT NOT NULL,
  object TEXT NOT NULL UNIQUE,
  bytes BIGINT NOT NULL,
  commitment TEXT NOT NULL,
  PRIMARY KEY (seal_id, file_no, part_no)
);

CREATE TABLE outbox (
  mail_id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  seal_id TEXT,
  position BIGINT NOT NULL,
  address TEXT NOT NULL,
  content TEXT NOT NULL,
  day BIGINT NOT NULL,
  created BIGINT NOT NULL,
  next_try BIGINT NOT NULL,
  "end" BIGINT NOT NULL,
  tries BIGINT NOT NULL
);
CREATE INDEX outbox_by_next_try ON outbox (next_try, mail_id);
CREATE INDEX outbox_by_seal ON outbox (seal_id);
CREATE INDEX outbox_by_day ON outbox (day);
CREATE INDEX outbox_by_created ON outbox (created);

CREATE TABLE rule (
  id BIGINT NOT NULL PRIMARY KEY,
  action TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  UNIQUE (action, sender, recipient)
);

CREATE TABLE session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  created BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX session_by_used ON session (used);

CREATE TABLE verification (
  verification_id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL REFERENCES session (token_hash) DEFERRABLE INITIALLY DEFERRED,
  address TEXT NOT NULL,
  created BIGINT NOT NULL,
  used BIGINT NOT NULL,
  "end" BIGINT NOT NULL,
  UNIQUE (token_hash, address)
);
CREATE INDEX verification_by_end ON verification ("end");

CREATE TABLE code (
  token_hash TEXT NOT NULL REFERENCES session (token_hash) DEFERRABLE INITIALLY DEFERRED,
  address TEXT NOT NULL,
  mac TEXT NOT NULL,
  "end" BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  PRIMARY KEY (token_hash, address)
);
CREATE INDEX code_by_end ON code ("end");

CREATE TABLE counter (
  key TEXT NOT NULL,
  "window" BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (key, "window")
);
CREATE INDEX counter_by_window ON counter ("window");

CREATE TABLE attempt (
  key TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  last BIGINT NOT NULL
);
CREATE INDEX attempt_by_last ON attempt (last);
