-- Amendments of every price: tiers, amounts off, discounts of the document, announced prices; pauses and ends of lines
-- billed by use. And who looks after a subscription.

-- The day on which the present periods began; NULL: with the contract. Discounts count their periods from it.
ALTER TABLE subscription
    ADD COLUMN epoch_on DATE NULL AFTER epoch,
    ADD COLUMN owner_id BIGINT NULL AFTER customer_id, -- of the seller's people; NULL: nobody
    -- days that a pause has banked lie before the new anchor: what is billed afterwards is billed for them too
    DROP CONSTRAINT subscription_order_of_periods,
    ADD CONSTRAINT subscription_order_of_periods CHECK (next_index >= 0),
    ADD KEY by_owner (owner_id, id),
    ADD FOREIGN KEY (owner_id) REFERENCES seller_user (id);
UPDATE subscription s SET s.epoch_on = (SELECT MAX(x.until_on) FROM subscription_schedule x WHERE x.subscription_id = s.id)
    WHERE s.epoch > 0;
UPDATE subscription s JOIN sales_order o ON o.id = s.order_id JOIN quote q ON q.id = o.quote_id SET s.owner_id = q.owner_id;

ALTER TABLE subscription_schedule
    ADD COLUMN epoch_on  DATE NULL,
    ADD COLUMN discounts VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';

-- What closed a line: one that a pause or an end closed goes on after it.
ALTER TABLE subscription_line
    ADD COLUMN ended_by BIGINT NULL AFTER amendment_id,
    ADD FOREIGN KEY (ended_by) REFERENCES amendment (id);

ALTER TABLE amendment_item
    ADD COLUMN price_model ENUM('per_unit', 'volume', 'graduated', 'flat') NOT NULL DEFAULT 'per_unit' AFTER unit_price_e4,
    ADD COLUMN tiers VARCHAR(960) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER price_model,
    ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0 CHECK (discount_minor >= 0) AFTER discount_ppm,
    ADD CONSTRAINT item_one_discount CHECK (discount_ppm = 0 OR discount_minor = 0),
    ADD CONSTRAINT item_tiers CHECK ((price_model IN ('volume', 'graduated')) = (tiers <> ''));

-- A transfer to another of the seller's people, and what it moves: a pair of events that come to nothing.
ALTER TABLE amendment
    ADD COLUMN owner_id BIGINT NULL AFTER customer_id,
    ADD CONSTRAINT transfer_to_one CHECK (customer_id IS NULL OR owner_id IS NULL),
    ADD FOREIGN KEY (owner_id) REFERENCES seller_user (id);
CREATE TABLE transfer_event (
    amendment_id       BIGINT NOT NULL,
    side               ENUM('from', 'to') NOT NULL,
    subscription_id    BIGINT NOT NULL,
    owner_id           BIGINT NULL, -- NULL: nobody looked after it
    on_day             DATE NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    mrr_e4             BIGINT NOT NULL,
    PRIMARY KEY (amendment_id, side),
    CONSTRAINT transfer_sign CHECK (IF(side = 'from', mrr_e4 <= 0, mrr_e4 >= 0 AND owner_id IS NOT NULL)),
    KEY by_owner (owner_id, on_day),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (owner_id) REFERENCES seller_user (id)
);
CREATE TRIGGER transfer_event_no_update BEFORE UPDATE ON transfer_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an event is never changed';
CREATE TRIGGER transfer_event_no_delete BEFORE DELETE ON transfer_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an event is never deleted';
