-- What other programs ask; `describe` prints it. {resource} is the name of a resource.

-- name: loaded_at
SELECT watermark FROM {schema}.mirror_freshness WHERE resource = '{resource}'
