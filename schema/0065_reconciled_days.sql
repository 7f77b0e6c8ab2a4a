-- The daily comparison of gateway, bank and books reads the last days through an index, however much there is.
ALTER TABLE attempt ADD KEY made (created_at);
ALTER TABLE payment ADD KEY received (received_at, bank_entry_id);
ALTER TABLE refund ADD KEY sent (first_sent_at, created_at);
ALTER TABLE refund_event ADD KEY by_time (at, to_state);
ALTER TABLE stray_return ADD KEY sent (first_sent_at, created_at);
ALTER TABLE dispute ADD KEY made (created_at);
ALTER TABLE bank_import ADD KEY imported (imported_at);
ALTER TABLE payment_return ADD KEY returned (returned_on);
ALTER TABLE journal_entry ADD KEY posted (source_kind, posted_at);
