-- @entries entries of one year, sealed as the application seals them (core/entry_chain): the text of the record is
-- written here a second time, on purpose. Run by the owner, who takes the triggers away for the while.
SET @year = 2019, @base = (SELECT IFNULL(MAX(id), 0) FROM journal_entry) + 1000000;
SET @series = CONCAT('journal-', @year), @h = UNHEX(REPEAT('00', 32)), @day = '', @posted = '2019-06-01 12:00:00';
SET @posted_us = CAST(UNIX_TIMESTAMP(CONVERT_TZ(@posted, '+00:00', @@session.time_zone)) * 1000000 AS UNSIGNED);
SET @customer = (SELECT MIN(id) FROM customer), foreign_key_checks = 0, unique_checks = 0;

INSERT INTO financial_year (from_on, until_on)
SELECT CONCAT(@year + seq, '-01-01'), CONCAT(@year + seq + 1, '-01-01') FROM seq_0_to_99 WHERE @year + seq < YEAR((SELECT MIN(from_on) FROM financial_year)) ORDER BY seq DESC;
INSERT INTO journal_entry (id, series, sequence, journal, entry_on, source_kind, source_id, reference, currency, item_count,
                           total_minor, posted_at, chain_previous, chain_digest)
SELECT @base + seq, @series, seq, 'VT', day, 'invoice', @base + seq, ref, 'EUR', 3, 7200 + seq % 1000, @posted, @h,
       @h := UNHEX(SHA2(CONCAT(@h, 'version=entry 1\nseries=', @series, '\nsequence=', seq, '\njournal=VT\nentry_on=', day,
             '\nsource=invoice ', @base + seq, '\nreference=', ref, '\ncurrency=EUR\ntotal_minor=', 7200 + seq % 1000, '\nposted_at=', @posted_us,
             '\nitem=411 ', @customer, ' ', 7200 + seq % 1000, ' 0 customer\nitem=706 0 0 ', 6000 + seq % 1000, ' revenue\n',
             'item=44571 0 0 1200 vat\n'), 256))
  FROM (SELECT seq, DATE_ADD(CONCAT(@year, '-01-01'), INTERVAL (seq - 1) * 365 DIV @entries DAY) AS day,
               CONCAT('OLD-', @year, '-', seq) AS ref FROM seq_1_to_100000000 WHERE seq <= @entries) s;
INSERT INTO journal_item (entry_id, position, account, customer_id, debit_minor, credit_minor, label, entry_items, entry_total_minor)
SELECT @base + n, p, ELT(p, '411', '706', '44571'), IF(p = 1, @customer, NULL), IF(p = 1, 7200 + n % 1000, 0),
       ELT(p, 0, 6000 + n % 1000, 1200), ELT(p, 'customer', 'revenue', 'vat'), 3, 7200 + n % 1000
  FROM (SELECT (seq - 1) DIV 3 + 1 AS n, (seq - 1) % 3 + 1 AS p FROM seq_1_to_100000000 WHERE seq <= @entries * 3) s;
INSERT INTO series (name, last_sequence, chain_head) VALUES (@series, @entries, @h);
ANALYZE TABLE journal_entry, journal_item;
