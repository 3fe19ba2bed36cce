-- Which hidden fields a list is asked for.
ALTER TABLE {schema}._resource_state ADD COLUMN included text[], ADD COLUMN left_out text;
COMMENT ON COLUMN {schema}._resource_state.included IS 'Hidden fields that the list is asked for with include; NULL: not decided yet.';
COMMENT ON COLUMN {schema}._resource_state.left_out IS 'Hidden fields that it is not asked for, and why; NULL: none.';
