-- Recurrence: where periods begin, in advance or in arrears, trials, terms, planned ends, one invoice for several
-- subscriptions of a customer.

-- anchor_day: the day of the month (month_day) or of the week from Monday (weekday), else 0. A trial is of days or of
-- months, not of both. term_count 0: no fixed term.
ALTER TABLE plan
    ADD COLUMN anchor       ENUM('start', 'month_day', 'last_day', 'weekday', 'calendar') NOT NULL DEFAULT 'start' AFTER count,
    ADD COLUMN anchor_day   INT NOT NULL DEFAULT 0 AFTER anchor,
    ADD COLUMN timing       ENUM('advance', 'arrears') NOT NULL DEFAULT 'advance' AFTER anchor_day,
    ADD COLUMN trial_unit   ENUM('day', 'month') NOT NULL DEFAULT 'day' AFTER timing,
    ADD COLUMN trial_count  INT NOT NULL DEFAULT 0 AFTER trial_unit,
    ADD COLUMN trial_card   TINYINT NOT NULL DEFAULT 0 AFTER trial_count,   -- a card is asked for before it starts
    ADD COLUMN trial_end    ENUM('bill', 'stop') NOT NULL DEFAULT 'bill' AFTER trial_card, -- without a card at its end
    ADD COLUMN term_unit    ENUM('period', 'month') NOT NULL DEFAULT 'period' AFTER trial_end,
    ADD COLUMN term_count   INT NOT NULL DEFAULT 0 AFTER term_unit,
    ADD COLUMN term_renews  TINYINT NOT NULL DEFAULT 1 AFTER term_count,    -- tacitly, for another term
    ADD CONSTRAINT plan_anchor CHECK (CASE anchor
        WHEN 'start' THEN anchor_day = 0
        WHEN 'month_day' THEN unit IN ('month', 'quarter', 'year') AND anchor_day BETWEEN 1 AND 31
        WHEN 'last_day' THEN unit IN ('month', 'quarter', 'year') AND anchor_day = 0
        WHEN 'weekday' THEN unit = 'week' AND anchor_day BETWEEN 1 AND 7
        ELSE unit <> 'day' AND anchor_day = 0 END),
    ADD CONSTRAINT plan_trial CHECK (trial_count BETWEEN 0 AND 366),
    ADD CONSTRAINT plan_term CHECK (term_count BETWEEN 0 AND 1000);

-- NULL: the plan's.
ALTER TABLE product ADD COLUMN timing ENUM('advance', 'arrears') NULL AFTER unit;
ALTER TABLE quote_template_line ADD COLUMN timing ENUM('advance', 'arrears') NULL AFTER kind;

ALTER TABLE quote_line ADD COLUMN timing ENUM('advance', 'arrears') NOT NULL DEFAULT 'advance' AFTER kind;

-- The day for which a version's first period was priced: set when it is signed or its payment begins. What was agreed
-- stays what is billed when the money comes on a later day.
ALTER TABLE quote_version ADD COLUMN priced_on DATE NULL AFTER start_on;

-- Renewals of one day come as one invoice. The copy on the subscription is what the batch asks.
ALTER TABLE customer ADD COLUMN consolidated TINYINT NOT NULL DEFAULT 0 AFTER state;

-- anchor_on is the first day of period 0, in which billing starts; month_day (0: that of anchor_on) the day that every
-- boundary falls on, or the last of its month. due_on is the next day on which something happens: a period to bill, the
-- end of a trial or of a term, the end. A trial is free: billing starts on trial_until_on.
ALTER TABLE subscription
    ADD COLUMN month_day      INT NOT NULL DEFAULT 0 CHECK (month_day BETWEEN 0 AND 31) AFTER anchor_on,
    ADD COLUMN arrears_index  INT NOT NULL DEFAULT 0 AFTER next_index, -- index of the next period to bill in arrears
    ADD COLUMN trial_until_on DATE NULL AFTER started_on,
    ADD COLUMN trial_end      ENUM('bill', 'stop') NOT NULL DEFAULT 'bill' AFTER trial_until_on,
    ADD COLUMN term_unit      ENUM('period', 'month') NOT NULL DEFAULT 'period' AFTER trial_end,
    ADD COLUMN term_count     INT NOT NULL DEFAULT 0 AFTER term_unit,
    ADD COLUMN term_renews    TINYINT NOT NULL DEFAULT 1 AFTER term_count,
    ADD COLUMN term_until_on  DATE NULL AFTER term_renews,             -- first day after the present term
    ADD COLUMN end_reason     VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER ends_on,
    ADD COLUMN consolidated   TINYINT NOT NULL DEFAULT 0 AFTER customer_id,
    ADD CONSTRAINT subscription_end CHECK (ends_on IS NULL OR ends_on >= started_on),
    ADD CONSTRAINT subscription_trial CHECK (trial_until_on IS NULL OR trial_until_on > started_on),
    ADD CONSTRAINT subscription_term CHECK ((term_count > 0) = (term_until_on IS NOT NULL)),
    ADD CONSTRAINT subscription_order_of_periods CHECK (arrears_index >= 0 AND next_index >= 0),
    DROP KEY due,
    ADD KEY due (consolidated, due_on, id);

-- Steady: the period before the next one is the next to end.
UPDATE subscription SET arrears_index = GREATEST(next_index - 1, 0);

ALTER TABLE subscription_line ADD COLUMN timing ENUM('advance', 'arrears') NOT NULL DEFAULT 'advance' AFTER product_kind;

-- line_group 0: what is billed in advance; 1: in arrears. A period without any line has no row.
ALTER TABLE billing_period ADD CONSTRAINT known_group CHECK (line_group IN (0, 1));
