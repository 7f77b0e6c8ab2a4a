-- Indexation of each contract from its own base: the month of the index that was known when its prices were signed, and
-- after each indexation the month that it used (the clause: index of the revision / index of the last one, or of the
-- start). A revision by an index without then_e4 takes each contract's own; what it took is kept.

ALTER TABLE subscription
    ADD COLUMN index_on DATE NULL AFTER index_id, -- NULL: no clause, or no value was known
    ADD CONSTRAINT index_month_of_clause CHECK (index_on IS NULL OR (index_id IS NOT NULL AND DAYOFMONTH(index_on) = 1));

ALTER TABLE price_revision
    ADD COLUMN now_on DATE NULL AFTER now_e4,                           -- month of the index; NULL: none, or of an earlier version
    ADD COLUMN at_anniversary TINYINT NOT NULL DEFAULT 0 AFTER notice_days, -- not before the contract's next anniversary
    DROP CONSTRAINT index_has_values,
    ADD CONSTRAINT index_has_value CHECK ((kind = 'index') = (index_id IS NOT NULL AND now_e4 > 0) AND then_e4 >= 0),
    ADD CONSTRAINT own_base_has_month CHECK (kind <> 'index' OR then_e4 > 0 OR now_on IS NOT NULL);

CREATE TABLE revision_base (
    revision_id        BIGINT NOT NULL,
    subscription_id    BIGINT NOT NULL,
    before_on          DATE NULL,      -- its base until then
    then_e4            BIGINT NOT NULL CHECK (then_e4 > 0),
    PRIMARY KEY (revision_id, subscription_id),
    FOREIGN KEY (revision_id) REFERENCES price_revision (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

-- What runs: the newest month that was known on the day of the start, or that of the last revision by the index.
UPDATE subscription s SET s.index_on = (SELECT MAX(v.month_on) FROM price_index_value v WHERE v.index_id = s.index_id AND v.month_on <= s.started_on)
    WHERE s.index_id IS NOT NULL;
UPDATE subscription s SET s.index_on = GREATEST(IFNULL(s.index_on, '1000-01-01'),
    (SELECT MAX(v.month_on) FROM price_index_value v JOIN price_revision r ON r.index_id = v.index_id AND r.now_e4 = v.value_e4
     WHERE r.kind = 'index' AND r.state = 'announced' AND v.index_id = s.index_id AND EXISTS
     (SELECT 1 FROM subscription_line l WHERE l.revision_id = r.id AND l.subscription_id = s.id)))
    WHERE s.index_id IS NOT NULL AND EXISTS (SELECT 1 FROM subscription_line l JOIN price_revision r ON r.id = l.revision_id
     WHERE l.subscription_id = s.id AND r.kind = 'index' AND r.state = 'announced');
