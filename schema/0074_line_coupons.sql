-- The coupon among what was taken off a line as an amount. '': none; documents issued before say the amount alone.
ALTER TABLE invoice_line
    ADD COLUMN coupon VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER allowance_minor,
    ADD CONSTRAINT line_coupon CHECK (coupon = '' OR allowance_minor > 0);
