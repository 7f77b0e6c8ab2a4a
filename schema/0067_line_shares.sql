-- Of how many days those of a line's period are billed or given back. 0: of all of them, or it is no share of days; so are the
-- documents issued before, which say their period alone.
ALTER TABLE invoice_line
    ADD COLUMN share_of_days INT NOT NULL DEFAULT 0 AFTER period_until_on,
    ADD CONSTRAINT line_share CHECK (share_of_days = 0 OR
        (period_from_on IS NOT NULL AND DATEDIFF(period_until_on, period_from_on) BETWEEN 1 AND share_of_days - 1));
