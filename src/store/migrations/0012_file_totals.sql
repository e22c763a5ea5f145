-- How many files there are and what they announce, without a look at each one's record: asked with
-- every file that comes.

CREATE INDEX file_by_bytes ON file (seal_id, bytes);
