-- What the views of receivables look for. No text and no numeric: an index takes none that is long, and would keep its
-- record out.

CREATE INDEX invoices_open_idx ON {schema}.invoices (customer) INCLUDE (id, date, due_date)
    WHERE balance <> 0 AND closed IS NOT TRUE AND paid IS NOT TRUE AND draft IS NOT TRUE AND status IS DISTINCT FROM 'voided';

CREATE INDEX invoices_ended_idx ON {schema}.invoices (updated_at) INCLUDE (id, date_voided, date_bad_debt)
    WHERE draft IS NOT TRUE AND (status = 'voided' OR voided OR (closed AND paid IS NOT TRUE));

CREATE INDEX credit_notes_open_idx ON {schema}.credit_notes (customer) INCLUDE (id, date)
    WHERE balance <> 0 AND closed IS NOT TRUE AND paid IS NOT TRUE AND draft IS NOT TRUE AND status IS DISTINCT FROM 'voided';

CREATE INDEX credit_notes_ended_idx ON {schema}.credit_notes (updated_at) INCLUDE (id, date_voided)
    WHERE draft IS NOT TRUE AND (status = 'voided' OR voided OR (closed AND paid IS NOT TRUE));

CREATE INDEX transactions_effect_idx ON {schema}.transactions (date) INCLUDE (invoice, credit_note)
    WHERE status = 'succeeded';

CREATE INDEX transactions_pending_idx ON {schema}.transactions (invoice) INCLUDE (date)
    WHERE status = 'pending';

CREATE INDEX credit_note_items_bad_debt_idx ON {schema}.credit_note_items (credit_note) WHERE type = 'bad_debt';
