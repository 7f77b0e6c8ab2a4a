-- What the schemes' limits count (core/retry): the business day of a try, and what a decline says of the next one.
ALTER TABLE attempt
    ADD COLUMN tried_on DATE NULL AFTER created_at,
    ADD COLUMN advice_code VARCHAR(30) NOT NULL DEFAULT '' AFTER decline_code,
    ADD KEY declines (payment_method_id, state, tried_on);
UPDATE attempt SET tried_on = DATE(created_at) WHERE tried_on IS NULL;
ALTER TABLE attempt MODIFY tried_on DATE NOT NULL;
