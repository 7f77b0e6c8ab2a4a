-- What a card or a direct debit brought above what was owed is the customer's advance, as of a transfer: those that were
-- booked on the account of advances and not kept as one pay what comes next from now on.
INSERT INTO advance (payment_id, customer_id, currency, total_minor, left_minor)
SELECT p.id, p.customer_id, p.currency, SUM(j.credit_minor), SUM(j.credit_minor)
  FROM payment p JOIN journal_entry e ON e.source_kind = 'payment' AND e.source_id = p.id
  JOIN journal_item j ON j.entry_id = e.id AND j.label = 'advance'
  LEFT JOIN advance a ON a.payment_id = p.id LEFT JOIN payment_return b ON b.payment_id = p.id
 WHERE a.payment_id IS NULL AND b.payment_id IS NULL GROUP BY p.id HAVING SUM(j.credit_minor) > 0;
