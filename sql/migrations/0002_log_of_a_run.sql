-- Each run tells what its lines in the log are marked with.
ALTER TABLE {schema}._run ADD COLUMN log_id text;
COMMENT ON COLUMN {schema}._run.log_id IS 'What each line of its log bears as `run`.';
