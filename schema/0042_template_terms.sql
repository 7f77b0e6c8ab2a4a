-- What a template, or a quote, says instead of its plan about the end of a contract: whether the customer ends it alone, and
-- how many days after the due day an unpaid invoice closes it (0: as the plan's rule says, -1: it never does). Both go out
-- with the version, are kept with the subscription, and a case of an unpaid invoice keeps the days it was opened with.
ALTER TABLE plan
    ADD COLUMN customer_end TINYINT NOT NULL DEFAULT 0 AFTER customer_pause;
ALTER TABLE quote_template_version
    ADD COLUMN customer_end ENUM('plan', 'yes', 'no') NOT NULL DEFAULT 'plan' AFTER notice_days,
    ADD COLUMN close_days INT NOT NULL DEFAULT 0 CHECK (close_days BETWEEN -1 AND 365) AFTER customer_end,
    ADD COLUMN deposit_ppm INT NOT NULL DEFAULT 0 CHECK (deposit_ppm BETWEEN 0 AND 1000000), -- asked for at the signature
    ADD COLUMN deposit_minor BIGINT NOT NULL DEFAULT 0 CHECK (deposit_minor >= 0), -- with VAT, in the company's currency
    ADD CONSTRAINT one_kind_of_deposit CHECK (deposit_ppm = 0 OR deposit_minor = 0),
    ADD CONSTRAINT deposit_is_paid CHECK ((deposit_ppm = 0 AND deposit_minor = 0) OR acceptance <> 'signature');
ALTER TABLE quote_version
    ADD COLUMN customer_end ENUM('plan', 'yes', 'no') NOT NULL DEFAULT 'plan' AFTER notice_days,
    ADD COLUMN close_days INT NOT NULL DEFAULT 0 CHECK (close_days BETWEEN -1 AND 365) AFTER customer_end;
ALTER TABLE quote_version_terms
    ADD COLUMN customer_end ENUM('plan', 'yes', 'no') NOT NULL DEFAULT 'plan',
    ADD COLUMN close_days INT NOT NULL DEFAULT 0 CHECK (close_days BETWEEN -1 AND 365);
-- end_by: who told the planned end; a customer takes back only what customers told.
ALTER TABLE subscription
    ADD COLUMN customer_end ENUM('plan', 'yes', 'no') NOT NULL DEFAULT 'plan' AFTER notice_days,
    ADD COLUMN close_days INT NOT NULL DEFAULT 0 CHECK (close_days BETWEEN -1 AND 365) AFTER customer_end,
    ADD COLUMN end_by VARCHAR(60) NOT NULL DEFAULT '' AFTER end_reason;
ALTER TABLE dunning_case
    ADD COLUMN close_days INT NOT NULL DEFAULT 0 CHECK (close_days BETWEEN -1 AND 365) AFTER rule_id;
