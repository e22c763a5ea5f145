-- Which objects belong to this database (store/pairing.h), and the time that its server has reached
-- (service/guarded_clock.h). One row each.

CREATE TABLE store (
  store_id TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE clock (
  mark BIGINT NOT NULL,
  latest BIGINT NOT NULL
);
