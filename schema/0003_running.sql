-- The running contract: stored payment methods, subscriptions, what was billed.

-- Only the gateway's token, sealed; never a card number (CRD, SEC-44).
CREATE TABLE payment_method (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    gateway            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'stripe',
    source_ref         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the intent that stored it
    token_sealed       VARCHAR(600) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    brand              VARCHAR(20) NOT NULL DEFAULT '',
    last4              CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    exp_month          INT NOT NULL DEFAULT 0,
    exp_year           INT NOT NULL DEFAULT 0,
    state              ENUM('active', 'replaced', 'refused') NOT NULL DEFAULT 'active',
    created_at         DATETIME(6) NOT NULL,
    UNIQUE KEY one_per_source (gateway, source_ref),
    KEY by_customer (customer_id, id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

-- due_on is the next period's due day while the batch may bill it; NULL when ended, paused or held.
CREATE TABLE subscription (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    number             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    order_id           BIGINT NOT NULL,
    plan_id            BIGINT NOT NULL,
    customer_id        BIGINT NOT NULL,
    payment_method_id  BIGINT NULL,
    state              ENUM('pending', 'trial', 'active', 'paused', 'past_due', 'ended') NOT NULL DEFAULT 'active',
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    language           VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    unit               ENUM('day', 'week', 'month', 'quarter', 'year') NOT NULL,
    count              INT NOT NULL,
    anchor_on          DATE NOT NULL,
    started_on         DATE NOT NULL,
    ends_on            DATE NULL, -- first day without service
    commitment_until_on DATE NULL,
    notice_days        INT NOT NULL DEFAULT 0,
    max_missed         INT NOT NULL DEFAULT 2,
    next_index         INT NOT NULL DEFAULT 0, -- index of the next period to bill, from the anchor
    due_on             DATE NULL,
    period_minor       BIGINT NOT NULL DEFAULT 0, -- net per period of today, for lists
    mrr_e4             BIGINT NOT NULL DEFAULT 0,
    held_on            DATE NULL,
    hold_reason        VARCHAR(200) NOT NULL DEFAULT '',
    error              VARCHAR(500) NOT NULL DEFAULT '', -- why the last renewal did not work
    created_at         DATETIME(6) NOT NULL,
    UNIQUE KEY one_per_order (order_id, plan_id),
    KEY due (due_on, id),
    KEY by_customer (customer_id, id),
    KEY by_state (state, id),
    FOREIGN KEY (order_id) REFERENCES sales_order (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (payment_method_id) REFERENCES payment_method (id)
);

-- Price, discount and tax class are frozen here. A change closes a line and opens another.
CREATE TABLE subscription_line (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    position           INT NOT NULL,
    quote_line_id      BIGINT NULL,
    product_id         BIGINT NULL,
    product_kind       ENUM('service', 'goods') NOT NULL DEFAULT 'service',
    description        VARCHAR(500) NOT NULL,
    unit               VARCHAR(20) NOT NULL DEFAULT '',
    quantity_e4        BIGINT NOT NULL CHECK (quantity_e4 > 0),
    unit_price_e4      BIGINT NOT NULL CHECK (unit_price_e4 >= 0),
    discount_ppm       INT NOT NULL DEFAULT 0,
    discount_periods   INT NOT NULL DEFAULT 0, -- 0: for ever; counted in billed periods
    tax_class          VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_on            DATE NOT NULL,
    until_on           DATE NULL,
    CHECK (until_on IS NULL OR until_on > from_on),
    KEY by_subscription (subscription_id, position),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

-- What was billed. Two periods of one subscription starting on one day cannot exist.
CREATE TABLE billing_period (
    subscription_id    BIGINT NOT NULL,
    line_group         INT NOT NULL DEFAULT 0,
    from_on            DATE NOT NULL,
    until_on           DATE NOT NULL,
    period_index       INT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    CHECK (until_on > from_on),
    PRIMARY KEY (subscription_id, line_group, from_on),
    UNIQUE KEY one_index (subscription_id, line_group, period_index),
    KEY by_invoice (invoice_id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);
