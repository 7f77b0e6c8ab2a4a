-- Lists of the seller's pages in the order in which they are shown, also where few rows of a state stand among very many.
ALTER TABLE receivable ADD KEY newest (state, invoice_id);
ALTER TABLE quote
    ADD COLUMN open_key TINYINT AS (IF(state IN ('draft', 'sent', 'signed'), 1, NULL)) PERSISTENT,
    ADD KEY open_first (open_key, id);
ALTER TABLE quote_version ADD KEY by_validity (valid_until_on);
ALTER TABLE subscription ADD KEY held (held_on, id);
ALTER TABLE customer_version ADD KEY by_name (name, customer_id);
ALTER TABLE dunning_case ADD KEY by_end (ended_on, invoice_id);
