-- @n running subscriptions (100,000) with what they hang on (customers, quotes, orders), all due on
-- @due_on, monthly and in advance. With @mixed = 1 two of ten are billed by the quarter and one by the year, every
-- fifth has a line in arrears, every fourth a discount. Run again it adds as many. Run by the owner on a migrated database with the demo company; MariaDB's sequence tables
-- make the rows. Numbers start behind those of the demo.
SET @sent = IFNULL(@sent, 1000); -- quotes that wait for an answer
SET @n = IFNULL(@n, 100000) + @sent;
SET @now = UTC_TIMESTAMP(6);
SET @mixed = IFNULL(@mixed, 0);
SET @plan = (SELECT id FROM plan WHERE unit = 'month' ORDER BY id LIMIT 1);
SET @plan3 = IFNULL((SELECT id FROM plan WHERE unit = 'quarter' ORDER BY id LIMIT 1), @plan);
SET @plan12 = IFNULL((SELECT id FROM plan WHERE unit = 'year' ORDER BY id LIMIT 1), @plan);
SET @owner = (SELECT MIN(id) FROM seller_user);
SET @company = (SELECT MAX(id) FROM company_version);
SET @customer0 = (SELECT IFNULL(MAX(id), 0) FROM customer);
SET @version0 = (SELECT IFNULL(MAX(id), 0) FROM customer_version);
SET @quote0 = (SELECT IFNULL(MAX(id), 0) FROM quote);
SET @qversion0 = (SELECT IFNULL(MAX(id), 0) FROM quote_version);
SET @order0 = (SELECT IFNULL(MAX(id), 0) FROM sales_order);
SET @sub0 = (SELECT IFNULL(MAX(id), 0) FROM subscription);
SET foreign_key_checks = 0;

INSERT INTO customer (id, number, current_version_id, created_at, created_on)
SELECT @customer0 + seq, CONCAT('CB-', @customer0 + seq), @version0 + seq, @now, CURDATE() FROM seq_1_to_1000000 WHERE seq <= @n;
INSERT INTO customer_version (id, customer_id, is_company, name, contact_name, email, street, postal_code, city, country,
                              vat_id, language, personal_salt, personal_digest, changed_at, changed_by)
SELECT @version0 + seq, @customer0 + seq, 1, CONCAT('Client ', seq), CONCAT('Anne Roy ', seq), CONCAT('c', seq, '@client.example'),
       CONCAT(seq, ' rue des Lilas'), '69001', 'Lyon', 'FR', '', 'fr', UNHEX(MD5(seq)), UNHEX(SHA2(seq, 256)), @now, 'bench'
  FROM seq_1_to_1000000 WHERE seq <= @n;
-- As store/customer makes it: documents seal this digest, verify compares it with the texts.
UPDATE customer_version SET personal_digest = UNHEX(SHA2(CONCAT(personal_salt, LENGTH(name), ':', CAST(name AS BINARY), ',',
       LENGTH(contact_name), ':', CAST(contact_name AS BINARY), ',', LENGTH(email), ':', CAST(email AS BINARY), ',0:,',
       LENGTH(street), ':', CAST(street AS BINARY), ',0:,', LENGTH(postal_code), ':', CAST(postal_code AS BINARY), ',',
       LENGTH(city), ':', CAST(city AS BINARY), ',', LENGTH(country), ':', CAST(country AS BINARY), ',0:,0:,'), 256))
 WHERE id > @version0;
INSERT INTO quote (id, number, customer_id, owner_id, current_version_id, state, created_at, created_on)
SELECT @quote0 + seq, CONCAT('QB-2026-', @quote0 + seq), @customer0 + seq, @owner, @qversion0 + seq,
       IF(seq <= @sent, 'sent', 'confirmed'), @now, CURDATE() FROM seq_1_to_1000000 WHERE seq <= @n;
INSERT INTO quote_version (id, quote_id, version, state, customer_version_id, company_version_id, plan_id, language, currency,
                           valid_until_on, acceptance, today_minor, period_minor, sent_at, sent_on, created_at)
SELECT @qversion0 + seq, @quote0 + seq, 1, 'draft', @version0 + seq, @company, @plan, 'fr', 'EUR', '2030-12-31',
       'signature_and_payment', 16440, 5700, @now, CURDATE(), @now FROM seq_1_to_1000000 WHERE seq <= @n;
INSERT INTO quote_version_terms (version_id, plan_id, name, unit, count, anchor, anchor_day, timing, trial_unit, trial_count, trial_card,
                                 trial_end, term_unit, term_count, term_renews, commitment_months, notice_days, index_id, index_name, max_missed, debit_first)
SELECT @qversion0 + seq, p.id, p.name, p.unit, p.count, p.anchor, p.anchor_day, p.timing, p.trial_unit, p.trial_count, p.trial_card,
       p.trial_end, p.term_unit, p.term_count, p.term_renews, p.commitment_months, p.notice_days, NULL, '', p.max_missed, p.debit_first
  FROM seq_1_to_1000000, plan p WHERE seq <= @n AND p.id = @plan;
UPDATE quote_version SET state = 'sent' WHERE id > @qversion0;
INSERT INTO quote_line (version_id, position, kind, is_option, description, unit, quantity_e4, unit_price_e4, tax_class,
                        quantity_editable, quantity_min_e4, quantity_max_e4)
SELECT @qversion0 + s.seq, p.seq, ELT(p.seq, 'recurring', 'recurring', 'setup', 'recurring'), p.seq = 4,
       ELT(p.seq, 'Licence Pro', 'Hébergement', 'Frais d''installation', 'Support'), 'util.',
       ELT(p.seq, 30000, 10000, 10000, 10000), ELT(p.seq, 165000, 75000, 800000, 120000), 'standard', p.seq = 1, 10000, 100000
  FROM seq_1_to_1000000 s, seq_1_to_4 p WHERE s.seq <= @sent AND s.seq <= @n;
INSERT INTO sales_order (id, quote_id, version_id, customer_id, confirmed_at, confirmed_on)
SELECT @order0 + seq, @quote0 + seq, @qversion0 + seq, @customer0 + seq, @now, CURDATE() FROM seq_1_to_1000000
 WHERE seq > @sent AND seq <= @n;
-- Each is at the end of its first period, also on days that the month before may not have.
INSERT INTO subscription (id, number, order_id, plan_id, customer_id, state, currency, language, unit, count, anchor_on, month_day, started_on,
                          max_missed, next_index, arrears_index, due_on, period_minor, mrr_e4, created_at)
SELECT @sub0 + seq, CONCAT('SB-2026-', @sub0 + seq), @order0 + seq, IF((@mixed = 0 OR seq % 10 < 7), @plan, IF(seq % 10 < 9, @plan3, @plan12)), @customer0 + seq,
       'active', 'EUR', 'fr', IF((@mixed = 0 OR seq % 10 < 7), 'month', IF(seq % 10 < 9, 'quarter', 'year')), 1,
       DATE_SUB(@due_on, INTERVAL IF((@mixed = 0 OR seq % 10 < 7), 1, IF(seq % 10 < 9, 3, 12)) MONTH), IF(DAY(@due_on) > 28, DAY(@due_on), 0),
       DATE_SUB(@due_on, INTERVAL IF((@mixed = 0 OR seq % 10 < 7), 1, IF(seq % 10 < 9, 3, 12)) MONTH), 1000, 1, 0, @due_on, 5700, 570000, @now
  FROM seq_1_to_1000000 WHERE seq > @sent AND seq <= @n;
INSERT INTO subscription_line (subscription_id, position, description, unit, timing, quantity_e4, unit_price_e4, discount_ppm, tax_class, from_on)
SELECT @sub0 + s.seq, p.seq, ELT(p.seq, 'Licence Pro', 'Hébergement'), 'util.', IF(@mixed = 1 AND p.seq = 2 AND s.seq % 5 = 0, 'arrears', 'advance'),
       ELT(p.seq, 30000, 10000), ELT(p.seq, 165000, 75000), IF(@mixed = 1 AND p.seq = 1 AND s.seq % 4 = 0, 100000, 0), 'standard',
       DATE_SUB(@due_on, INTERVAL IF((@mixed = 0 OR s.seq % 10 < 7), 1, IF(s.seq % 10 < 9, 3, 12)) MONTH)
  FROM seq_1_to_1000000 s, seq_1_to_2 p WHERE s.seq > @sent AND s.seq <= @n;
SET foreign_key_checks = 1;
