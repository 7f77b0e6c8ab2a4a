-- A customer's word that another card of theirs may pay a subscription when its own has expired or is refused for good, with
-- the words under which they said so. Taken back, it stays as it was said.
CREATE TABLE reserve_card (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    payment_method_id  BIGINT NOT NULL,
    agreed_text        TEXT NOT NULL,
    language           VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    agreed_on          DATE NOT NULL,
    agreed_at          DATETIME(6) NOT NULL,
    remote_addr        VARCHAR(45) NOT NULL,
    user_agent         VARCHAR(255) NOT NULL,
    withdrawn_at       DATETIME(6) NULL,
    stands             TINYINT AS (IF(withdrawn_at IS NULL, 1, NULL)) PERSISTENT,
    UNIQUE KEY once (subscription_id, payment_method_id, stands),
    KEY by_card (payment_method_id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (payment_method_id) REFERENCES payment_method (id)
);

CREATE TRIGGER reserve_card_no_delete BEFORE DELETE ON reserve_card FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what a customer allowed is never deleted';

DELIMITER //
CREATE TRIGGER reserve_card_own BEFORE INSERT ON reserve_card FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subscription s JOIN payment_method m ON m.customer_id = s.customer_id
                    WHERE s.id = NEW.subscription_id AND m.id = NEW.payment_method_id AND m.gateway = 'stripe' AND m.state = 'active') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a reserve is a card in use of the subscription''s customer';
    END IF;
END//

CREATE TRIGGER reserve_card_as_agreed BEFORE UPDATE ON reserve_card FOR EACH ROW
BEGIN
    IF NEW.subscription_id <> OLD.subscription_id OR NEW.payment_method_id <> OLD.payment_method_id OR NEW.agreed_text <> OLD.agreed_text OR
       NEW.agreed_at <> OLD.agreed_at OR (OLD.withdrawn_at IS NOT NULL AND NOT (NEW.withdrawn_at <=> OLD.withdrawn_at)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what a customer allowed stays as it was said';
    END IF;
END//

-- A card is charged for what its holder agreed to: the subscription's own, or one that stands in reserve for it.
CREATE TRIGGER attempt_card_agreed BEFORE INSERT ON attempt FOR EACH ROW
BEGIN
    IF NEW.kind = 'off_session' AND NEW.payment_method_id IS NOT NULL AND EXISTS
       (SELECT 1 FROM payable y JOIN receivable r ON r.invoice_id = y.invoice_id JOIN subscription s ON s.id = r.subscription_id
         WHERE y.id = NEW.payable_id AND NOT (s.payment_method_id <=> NEW.payment_method_id) AND NOT EXISTS
               (SELECT 1 FROM reserve_card c WHERE c.subscription_id = s.id AND c.payment_method_id = NEW.payment_method_id AND c.stands = 1)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this card was not agreed for this subscription';
    END IF;
END//
DELIMITER ;
