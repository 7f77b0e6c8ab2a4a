-- An invoice of nothing stays in the portal: it is mailed only where the house wants it.
ALTER TABLE company_version ADD COLUMN mail_empty_invoices TINYINT NOT NULL DEFAULT 0 AFTER credit_prefix;
