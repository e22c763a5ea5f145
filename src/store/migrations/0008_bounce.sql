-- Mails that come back: the mail that told a recipient of a transfer, and why it came back, as long
-- as the sender has not been told.

ALTER TABLE recipient ADD COLUMN mail_id TEXT;
ALTER TABLE recipient ADD COLUMN bounced TEXT;
CREATE INDEX recipient_by_mail ON recipient (mail_id);
CREATE INDEX recipient_by_bounce ON recipient (bounced);
