-- What a draft's sender has filled in, sealed under the transfer key. A draft has one form or none;
-- it goes at Start and with the draft.

CREATE TABLE draft_form (
  seal_id TEXT NOT NULL PRIMARY KEY REFERENCES transfer (seal_id) DEFERRABLE INITIALLY DEFERRED,
  sealed TEXT NOT NULL
);
