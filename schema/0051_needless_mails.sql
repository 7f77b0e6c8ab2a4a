-- A reminder or a link to pay whose invoice was paid before it left is not sent any more.
ALTER TABLE outbox MODIFY COLUMN state ENUM('waiting', 'sent', 'dead', 'needless') NOT NULL DEFAULT 'waiting';
