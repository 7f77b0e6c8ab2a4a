-- What the bank kept of a batch of direct debits without a word, as a person said who looked at it: booked on 627 with the entry's end.
-- The limit is core/bank_fee's: at most 2 % of what was asked.
ALTER TABLE bank_entry
    ADD COLUMN kept_minor BIGINT NOT NULL DEFAULT 0 AFTER asked_minor,
    ADD CONSTRAINT kept_of_a_batch CHECK (kept_minor = 0 OR
        (kept_minor > 0 AND state = 'aside' AND credit = 1 AND doubt = 'other_amount' AND attempt_id IS NULL AND file_id IS NOT NULL AND fee_minor = 0 AND
         kept_minor * 50 <= amount_minor + kept_minor));
