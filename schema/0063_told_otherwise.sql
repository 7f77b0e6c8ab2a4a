-- A debit whose announcement could not be delivered: the customer was told of it by letter or telephone, and sent_at says when.
ALTER TABLE outbox MODIFY COLUMN state ENUM('waiting', 'sent', 'dead', 'needless', 'told') NOT NULL DEFAULT 'waiting';
