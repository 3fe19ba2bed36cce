-- company: what GET /companies/current answers: one row.

CREATE TABLE {schema}.company (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    address1 text GENERATED ALWAYS AS ({schema}._text(raw -> 'address1')) STORED,
    address2 text GENERATED ALWAYS AS ({schema}._text(raw -> 'address2')) STORED,
    address_extra text GENERATED ALWAYS AS ({schema}._text(raw -> 'address_extra')) STORED,
    canceled boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'canceled')) STORED,
    city text GENERATED ALWAYS AS ({schema}._text(raw -> 'city')) STORED,
    country text GENERATED ALWAYS AS ({schema}._text(raw -> 'country')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    creator_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'creator_id')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    date_format text GENERATED ALWAYS AS ({schema}._text(raw -> 'date_format')) STORED,
    email text GENERATED ALWAYS AS ({schema}._text(raw -> 'email')) STORED,
    highlight_color text GENERATED ALWAYS AS ({schema}._text(raw -> 'highlight_color')) STORED,
    industry text GENERATED ALWAYS AS ({schema}._text(raw -> 'industry')) STORED,
    language text GENERATED ALWAYS AS ({schema}._text(raw -> 'language')) STORED,
    logo text GENERATED ALWAYS AS ({schema}._text(raw -> 'logo')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    nickname text GENERATED ALWAYS AS ({schema}._text(raw -> 'nickname')) STORED,
    phone text GENERATED ALWAYS AS ({schema}._text(raw -> 'phone')) STORED,
    postal_code text GENERATED ALWAYS AS ({schema}._text(raw -> 'postal_code')) STORED,
    show_currency_code boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'show_currency_code')) STORED,
    state text GENERATED ALWAYS AS ({schema}._text(raw -> 'state')) STORED,
    tax_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_id')) STORED,
    test_mode boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'test_mode')) STORED,
    time_zone text GENERATED ALWAYS AS ({schema}._text(raw -> 'time_zone')) STORED,
    trial_ends timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'trial_ends')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    url text GENERATED ALWAYS AS ({schema}._text(raw -> 'url')) STORED,
    username text GENERATED ALWAYS AS ({schema}._text(raw -> 'username')) STORED,
    website text GENERATED ALWAYS AS ({schema}._text(raw -> 'website')) STORED
) WITH (toast_tuple_target = 4080);

COMMENT ON TABLE {schema}.company IS 'The company that the account belongs to, from GET /companies/current. One row.';
COMMENT ON COLUMN {schema}.company.id IS 'Invoiced id of the company: which account this is.';
COMMENT ON COLUMN {schema}.company.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.company.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.company.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.company.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.company.address1 IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.company.address2 IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.company.address_extra IS 'Further lines of the postal address.';
COMMENT ON COLUMN {schema}.company.canceled IS 'Whether the account at Invoiced was canceled.';
COMMENT ON COLUMN {schema}.company.city IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.company.country IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.company.created_at IS 'When the company was created.';
COMMENT ON COLUMN {schema}.company.creator_id IS 'Invoiced id of the user who created the company.';
COMMENT ON COLUMN {schema}.company.currency IS 'Default currency, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.company.date_format IS 'How the company writes dates, in the notation of PHP.';
COMMENT ON COLUMN {schema}.company.email IS 'E-mail address of the company.';
COMMENT ON COLUMN {schema}.company.highlight_color IS 'Colour of the brand, in hexadecimal notation.';
COMMENT ON COLUMN {schema}.company.industry IS 'Industry of the company.';
COMMENT ON COLUMN {schema}.company.language IS 'Default language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.company.logo IS 'Address of the company''s logo.';
COMMENT ON COLUMN {schema}.company.name IS 'Name of the company.';
COMMENT ON COLUMN {schema}.company.nickname IS 'Short name of the company.';
COMMENT ON COLUMN {schema}.company.phone IS 'Phone number.';
COMMENT ON COLUMN {schema}.company.postal_code IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.company.show_currency_code IS 'Whether documents show the currency code.';
COMMENT ON COLUMN {schema}.company.state IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.company.tax_id IS 'Tax number of the company.';
COMMENT ON COLUMN {schema}.company.test_mode IS 'Whether the account is for testing.';
COMMENT ON COLUMN {schema}.company.time_zone IS 'Time zone in which the days of dates are meant, such as America/Chicago.';
COMMENT ON COLUMN {schema}.company.trial_ends IS 'When the trial of the company ends or ended.';
COMMENT ON COLUMN {schema}.company.type IS 'Legal kind of the company. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.company.updated_at IS 'When the company was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.company.url IS 'Address of the billing portal of the company.';
COMMENT ON COLUMN {schema}.company.username IS 'Name of the company in the addresses of its portal.';
COMMENT ON COLUMN {schema}.company.website IS 'Website of the company.';
