-- The VAT of what was earned before its invoice (418) has an account of its own beside 44587, which keeps the VAT that customers
-- are asked for. Both entries of an accrual are booked at once: those of before stay on the account that they were booked on.
-- An account of this number that a house has already is taken as it is; the seller's page chooses another.
INSERT IGNORE INTO account (code, name, kind) VALUES ('445871', 'TVA sur factures à établir', 'balance');
INSERT INTO account_role (role, account) VALUES ('vat_accrued', '445871');
ALTER TABLE journal_item
    MODIFY label ENUM('customer', 'revenue', 'vat', 'vat_waiting', 'deferred', 'receipt', 'advance', 'rounding', 'fee', 'exchange', 'accrued', 'vat_accrued') NULL;
