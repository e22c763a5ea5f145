-- Programs that a person has let in: each holds a session of its own, which may do what the scopes
-- say. And those that wait for somebody to let them in.

CREATE TABLE program (
  program_id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE REFERENCES session (token_hash) DEFERRABLE INITIALLY DEFERRED,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created BIGINT NOT NULL,
  "end" BIGINT NOT NULL
);
CREATE INDEX program_by_address ON program(address, created, program_id);
CREATE INDEX program_by_end ON program("end");

CREATE TABLE program_wish(device_code_hash TEXT NOT NULL PRIMARY KEY,
                          user_code_mac TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
                          scopes TEXT NOT NULL, state TEXT NOT NULL, address TEXT,
                          created BIGINT NOT NULL, "end" BIGINT NOT NULL, polled BIGINT,
                          pause BIGINT NOT NULL);
CREATE INDEX program_wish_by_end ON program_wish("end");
